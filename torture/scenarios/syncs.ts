/**
 * F3: the answer is on the disk before anybody is told of it, as the kernel sees it; and what is on the disk then is enough:
 * a copy of the files as they were synced opens with the newest login.
 */

import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Finding, finding, type Scenario, type Torture } from '../finding.ts'
import { makeWorld } from '../home.ts'
import { startVictim, TOKENDECK } from '../program.ts'
import { isAlive } from '../provider.ts'

const CALLS = 'fsync,fdatasync,write,pwrite64,sendto,openat,close'

export const syncs: Scenario = {
  faults: ['F3'],
  title: 'synced before told',
  async run(torture) {
    if (spawnSync('strace', ['-V']).status === 0) return await watch(torture)
    const measured =
      'needs strace; without it F1 kills at `after_commit` and `told` show the same for a process that dies'
    const what = 'a sync of the disk between the answer and whoever is told'
    return [{ fault: 'F3', what, measured, goal: '200 of 200', state: 'unmeasured' }]
  },
}

async function watch({ directory, isShort }: Torture): Promise<Finding[]> {
  const rounds = isShort ? 20 : 200
  const { provider, home, close } = await makeWorld(directory, { reuse: 'strict' })
  const victim = startVictim(TOKENDECK, home.environment)
  await victim.ask({ do: 'open' })
  const { login, family } = provider.signIn()
  await victim.ask({ do: 'connect', login })
  await victim.ask({ do: 'measure', count: 5 })
  const log = join(mkdtempSync(join(directory, 'strace-')), 'calls')
  const strace = spawn('strace', ['-f', '-y', '-e', `trace=${CALLS}`, '-o', log, '-p', String(victim.pid)])
  const ended = new Promise((resolve) => strace.once('exit', resolve))
  // It says so on its standard error when it is attached.
  await new Promise((resolve) => strace.stderr.once('data', resolve))
  const { states } = await victim.ask({ do: 'mark', count: rounds })
  // The files as they are now, while the program has them open: nothing in them was told and not synced.
  const copy = mkdtempSync(join(directory, 'synced-'))
  cpSync(home.path, copy, { recursive: true })
  await victim.kill()
  await ended
  const restored = startVictim(TOKENDECK, { ...home.environment, TOKENDECK_HOME: copy })
  const after = (await restored.ask({ do: 'open' })).states[0]!
  await restored.ask({ do: 'close' })
  await close()
  const seen = readTrace(readFileSync(log, 'utf8').split('\n'))
  return [
    finding('F3', `a sync of the disk between the answer and whoever is told, × ${rounds}, by strace`, {
      measured: `${seen.synced} of ${seen.told} synced, ${seen.unsynced} told while something written was not synced`,
      goal: `${rounds} of ${rounds}, 0`,
      isMet: seen.told === rounds && seen.synced === rounds && seen.unsynced === 0,
    }),
    finding('F3', 'the files as they were synced when the last one was told, opened elsewhere', {
      measured: isAlive(family, after.refreshToken) ? 'the newest login is in them' : 'the newest login is lost',
      goal: '0 lost',
      isMet: isAlive(family, after.refreshToken) && after.generation === states[0]!.generation,
    }),
  ]
}

const MARK = /write\(1<[^>]*>, "\{\\"at\\":\\"(answered|told)\\"/
const WRITTEN = /pwrite64\(\d+<([^>]*tokendeck\.db(?:-wal)?)>/
const SYNCED = /f(?:data)?sync\(\d+<([^>]*)>/

/** Walks the calls in the order in which the kernel had them. */
export function readTrace(lines: readonly string[]): { told: number; synced: number; unsynced: number } {
  const seen = { told: 0, synced: 0, unsynced: 0 }
  const dirty = new Set<string>()
  let syncsSinceAnswer = 0
  for (const line of lines) {
    const mark = MARK.exec(line)?.[1]
    const written = WRITTEN.exec(line)?.[1]
    const synced = SYNCED.exec(line)?.[1]
    if (written) dirty.add(written)
    if (synced) {
      dirty.delete(synced)
      syncsSinceAnswer += 1
    }
    if (mark === 'answered') syncsSinceAnswer = 0
    if (mark !== 'told') continue
    seen.told += 1
    if (syncsSinceAnswer > 0) seen.synced += 1
    // The log of writes is what a login is read from after a power cut.
    if ([...dirty].some((path) => path.endsWith('-wal'))) seen.unsynced += 1
  }
  return seen
}
