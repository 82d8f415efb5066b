/**
 * `server.json` in the home: how programs of the same owner find the running dashboard and know it from a stranger on the
 * same port. Only its owner can read it.
 */

import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { replaceDurably } from './lib/durable-file.ts'
import type { Secret } from './lib/secret.ts'

export interface ServerFile {
  pid: number
  port: number
  host: string
  /** Epoch milliseconds. */
  startedAt: number
  /** What the server answers challenges with. */
  proofKey: Secret
}

/** Writes the file whole. */
export function writeServerFile(home: string, server: ServerFile): void {
  const text = JSON.stringify({ ...server, proofKey: server.proofKey.reveal() })
  replaceDurably(join(home, 'server.json'), `${text}\n`)
}

/** Removes the file if it is still this server's: another one may have started in the meantime. */
export function removeServerFile(home: string, proofKey: Secret): void {
  const path = join(home, 'server.json')
  try {
    const { proofKey: written } = JSON.parse(readFileSync(path, 'utf8')) as { proofKey?: unknown }
    if (typeof written === 'string' && proofKey.equals(written)) rmSync(path)
  } catch {
    // Gone or unreadable: nothing of ours is left to remove.
  }
}
