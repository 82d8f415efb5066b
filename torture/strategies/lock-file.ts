/** A lock as public tools take it: a file that only one can make; taken for left behind after a while. */

import { closeSync, openSync, statSync, unlinkSync } from 'node:fs'
import type { Shelf } from './store.ts'

const STALE_MS = 1_000
const POLL_MS = 10

export async function withLock<T>(shelf: Shelf, work: () => Promise<T>): Promise<T> {
  const path = `${shelf.path}.lock`
  shelf.reach('before_lease')
  while (!take(path)) await Bun.sleep(POLL_MS)
  shelf.reach('after_lease')
  try {
    return await work()
  } finally {
    unlinkSync(path)
  }
}

function take(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx', 0o600))
    return true
  } catch {
    try {
      if (Date.now() - statSync(path).mtimeMs > STALE_MS) unlinkSync(path)
    } catch {
      // Somebody else let go of it.
    }
    return false
  }
}
