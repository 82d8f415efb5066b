/**
 * The record beside Claude Code's renewal lock that says who holds it. It is for people and for finding dead holders; the
 * lock itself works without. Source: Claude Code 2.1.330: { pid, pidDomain, pidSpace, lockBirthtimeMs, … }, bound to one
 * lock by the time that was made; a record whose `pidDomain` is another's is left alone.
 */

import { lstat, open, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { asName, asRecord, parseRecord } from './json-fields.ts'
import { readText } from './read-text.ts'

const RECORD_OF = '.oauth_refresh.lock'
/** Longer ones are not read by the CLI either. Bytes. */
const MAX_RECORD_BYTES = 4096

/** Records who holds the lock. Never fails: a lock without a record is a lock. */
export async function recordOwner(lockPath: string, owner: string, pid: number): Promise<void> {
  const born = await birthOf(lockPath)
  if (basename(lockPath) !== RECORD_OF || born === null) return
  const record = { pid, pidDomain: `tokendeck:${owner}`.slice(0, 512), pidSpace: '', lockBirthtimeMs: born }
  // Someone else's old record is of a lock that is no more, since this one is ours.
  await rm(recordPath(lockPath), { force: true }).catch(() => {})
  try {
    const file = await open(recordPath(lockPath), 'wx', 0o600)
    await file.writeFile(JSON.stringify(record)).finally(() => file.close())
  } catch {
    // Nobody learns our name, then.
  }
}

/** Removes the record when it is of this holder. Never fails. */
export async function forgetOwner(lockPath: string, owner: string): Promise<void> {
  if (basename(lockPath) !== RECORD_OF) return
  const record = await readRecord(lockPath)
  if (record?.pidDomain === `tokendeck:${owner}`.slice(0, 512)) await rm(recordPath(lockPath)).catch(() => {})
}

/** Who holds the lock, for people; null when no record of this very lock says so. */
export async function holderOfDirectory(lockPath: string): Promise<string | null> {
  if (basename(lockPath) !== RECORD_OF) return null
  const [record, born] = [await readRecord(lockPath), await birthOf(lockPath)]
  if (record === null || born === null || record.lockBirthtimeMs !== born) return null
  const ours = /^tokendeck:(.+)$/.exec(asName(record.pidDomain) ?? '')?.[1]
  return ours ?? (Number.isInteger(record.pid) ? `process ${record.pid}` : null)
}

async function readRecord(lockPath: string) {
  const path = recordPath(lockPath)
  const file = await readText(path, { symlinks: 'refuse', maxBytes: MAX_RECORD_BYTES, uid: null })
  return file.state === 'read' ? asRecord(parseRecord(file.text)) : null
}

async function birthOf(path: string): Promise<number | null> {
  const born = await lstat(path).then(
    (found) => found.birthtimeMs,
    () => 0,
  )
  return born > 0 ? born : null
}

function recordPath(lockPath: string): string {
  return join(dirname(lockPath), `${RECORD_OF}.owner`)
}
