/** Refreshes of a program as the kernel sees them: what it was asked to sync between an answer and whoever is told of it. */

import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type FileCall, readTrace, TRACED_CALLS } from './kernel-trace.ts'
import type { Victim } from './program.ts'

/** Longer than anything that is written at once. */
const LONGEST_TEXT = 1_000_000
const DATABASE = /(^|\/)tokendeck\.db(-wal)?$/
const ANSWERED = '{"at":"answered"}'
const TOLD = '{"at":"told"}'

/** True where this machine can watch: strace is there. */
export function hasStrace(): boolean {
  return spawnSync('strace', ['-V']).status === 0
}

/** Lets a program that holds a login refresh it so often under the eyes of strace, then kills it. Gives its file calls. */
export async function watchRefreshes(
  victim: Victim,
  { directory, rounds }: { directory: string; rounds: number },
): Promise<FileCall[]> {
  const log = join(mkdtempSync(join(directory, 'strace-')), 'calls')
  const orders = ['-f', '-y', '-xx', '-s', String(LONGEST_TEXT), '-e', `trace=${TRACED_CALLS}`, '-o', log]
  const strace = spawn('strace', [...orders, '-p', String(victim.pid)])
  const ended = new Promise((resolve) => strace.once('exit', resolve))
  // It says so on its standard error when it is attached.
  await new Promise((resolve) => strace.stderr.once('data', resolve))
  await victim.ask({ do: 'mark', count: rounds })
  await victim.kill()
  await ended
  const calls = readTrace(readFileSync(log, 'utf8').split('\n'))
  // What went over the network is in there too.
  rmSync(log)
  return calls
}

export interface SyncCounts {
  /** How often a caller was told of a new login. */
  told: number
  /** Of these, after something was synced since the answer came. */
  synced: number
  /** Of these, while something of the database's log of writes was not synced. */
  unsynced: number
}

/** Counts what such calls say of the order of syncing and telling. */
export function countSyncs(calls: readonly FileCall[]): SyncCounts {
  const seen = { told: 0, synced: 0, unsynced: 0 }
  const dirty = new Set<string>()
  let syncsSinceAnswer = 0
  for (const call of calls) {
    if (call.call === 'write' && DATABASE.test(call.path)) dirty.add(call.path)
    if (call.call === 'sync') {
      dirty.delete(call.path)
      syncsSinceAnswer += 1
    }
    if (isSaid(call, ANSWERED)) syncsSinceAnswer = 0
    if (!isSaid(call, TOLD)) continue
    seen.told += 1
    if (syncsSinceAnswer > 0) seen.synced += 1
    // The log of writes is what a login is read from after a power cut.
    if ([...dirty].some((path) => path.endsWith('-wal'))) seen.unsynced += 1
  }
  return seen
}

/** What the program says on its standard output, which is no file. */
function isSaid(call: FileCall, line: string): boolean {
  return call.call === 'write' && !call.path.startsWith('/') && call.bytes.toString().trimEnd() === line
}
