/**
 * F22: the disk is full when the answer comes. The answer is kept in memory until there is space again, also while the
 * process is asked to end. Without the right to mount a small disk, the system forbids the process to write instead.
 */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newHome } from '../../bench/home.ts'
import { finding, type Scenario, type Torture } from '../finding.ts'
import { type ProgramKind, startVictim, TOKENDECK } from '../program.ts'
import { isAlive, startProvider } from '../provider.ts'

const DISK = '8m'
/** Smaller than a page of the database, so that nothing is left over. */
const CRUMB = 512
const FULL_FOR_MS = 3_500
const FORBIDDEN = 'nothing may be written from the request to seconds after the answer (a limit of the system)'

export const diskFull: Scenario = {
  faults: ['F22'],
  title: 'a full disk',
  async run(torture) {
    const what = 'the disk is full from the request to seconds after the answer'
    const fill = canMount(torture) ? onSmallDisk : canLimit() ? underLimit : null
    if (fill === null) {
      const measured = 'needs root, to mount a small file system, or prlimit'
      return [{ fault: 'F22', what, measured, goal: '0 lost', state: 'unmeasured' }]
    }
    const results: Result[] = []
    while (results.length < (torture.isShort ? 2 : 20)) results.push(await fill(torture))
    const count = (name: keyof Result) => results.filter((result) => result[name]).length
    return [
      finding('F22', `${fill === underLimit ? FORBIDDEN : what}, × ${results.length}`, {
        measured: `${count('isToldUnsaved')} told as not saved, ${count('isKept')} kept once there was space`,
        goal: `0 lost, ${results.length} told`,
        isMet: count('isKept') === results.length && count('isToldUnsaved') === results.length,
      }),
    ]
  },
}

interface Result {
  isToldUnsaved: boolean
  isKept: boolean
}

/** Makes the disk full, or gives it space again. */
type Shut = (isFull: boolean) => void

function canMount({ directory }: Torture): boolean {
  const disk = mkdtempSync(join(directory, 'disk-'))
  if (!mount(disk)) return false
  spawnSync('umount', ['-l', disk])
  return true
}

function mount(disk: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK},mode=700`, 'tokendeck-torture', disk]).status === 0
}

function canLimit(): boolean {
  return spawnSync('prlimit', ['--version']).status === 0
}

async function onSmallDisk({ directory }: Torture): Promise<Result> {
  const disk = mkdtempSync(join(directory, 'disk-'))
  if (!mount(disk)) throw new Error('The small disk could not be mounted again.')
  try {
    const filler = join(disk, 'filler')
    return await round(disk, TOKENDECK, () => (isFull) => (isFull ? fill(filler) : rmSync(filler)))
  } finally {
    spawnSync('umount', ['-l', disk])
  }
}

async function underLimit({ directory }: Torture): Promise<Result> {
  // Without that the system would end a process that writes too much.
  const kind = { ...TOKENDECK, command: ['bash', '-c', 'trap "" XFSZ; exec "$@"', 'bash', ...TOKENDECK.command] }
  return await round(directory, kind, (pid) => (isFull) => {
    const limit = isFull ? '0:unlimited' : 'unlimited:unlimited'
    if (spawnSync('prlimit', [`--pid=${pid}`, `--fsize=${limit}`]).status !== 0) throw new Error('prlimit failed')
  })
}

async function round(place: string, kind: ProgramKind, shutOf: (pid: number) => Shut): Promise<Result> {
  const provider = await startProvider({ reuse: 'strict' })
  try {
    const { environment } = newHome(place, provider.origin)
    const victim = startVictim(kind, environment)
    const shut = shutOf(victim.pid)
    await victim.ask({ do: 'open' })
    const { login, family } = provider.signIn()
    await victim.ask({ do: 'connect', login })
    // What the log of writes had reserved would be room enough.
    await victim.ask({ do: 'checkpoint' })
    const held = provider.hold('answer')
    const refreshed = victim.ask({ do: 'refresh' })
    const answer = await held
    shut(true)
    answer.release()
    const { outcome, reason } = await refreshed
    // It is asked to end while the answer is in memory only, and stays until that is on the disk.
    const closed = victim.ask({ do: 'close' })
    await Bun.sleep(FULL_FOR_MS - 2_000)
    shut(false)
    await closed
    const next = startVictim(TOKENDECK, environment)
    const { states } = await next.ask({ do: 'open' })
    await next.ask({ do: 'close' })
    await next.ended
    const isToldUnsaved = outcome === 'retry_scheduled' && reason === 'not_saved'
    return { isToldUnsaved, isKept: isAlive(family, states[0]!.refreshToken) }
  } finally {
    await provider.close()
  }
}

/** Writes until not even a crumb fits. */
function fill(path: string): void {
  for (let size = 1024 * 1024; size >= CRUMB; ) {
    try {
      writeFileSync(path, Buffer.alloc(size), { flag: 'a' })
    } catch {
      size /= 2
    }
  }
}
