/**
 * F22: the disk is full when the answer comes. The answer is kept in memory until there is space again, also while the
 * process is asked to end.
 */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newHome } from '../../bench/home.ts'
import { finding, type Scenario, type Torture } from '../finding.ts'
import { startVictim, TOKENDECK } from '../program.ts'
import { isAlive, startProvider } from '../provider.ts'

const DISK = '8m'
/** Smaller than a page of the database, so that nothing is left over. */
const CRUMB = 512
const FULL_FOR_MS = 3_500

export const diskFull: Scenario = {
  faults: ['F22'],
  title: 'a full disk',
  async run(torture) {
    const what = 'the disk is full from the request to seconds after the answer'
    const first = await round(torture)
    if (first === null) {
      const measured = 'needs root, to mount a small file system'
      return [{ fault: 'F22', what, measured, goal: '0 lost', state: 'unmeasured' }]
    }
    const results = [first]
    while (results.length < (torture.isShort ? 2 : 20)) results.push((await round(torture))!)
    const count = (name: keyof Result) => results.filter((result) => result[name]).length
    return [
      finding('F22', `${what}, × ${results.length}`, {
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

/** Null where no small file system can be made. */
async function round({ directory }: Torture): Promise<Result | null> {
  const disk = mkdtempSync(join(directory, 'disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK},mode=700`, 'tokendeck-torture', disk])
  if (mounted.status !== 0) return null
  const provider = await startProvider({ reuse: 'strict' })
  try {
    const { environment } = newHome(disk, provider.origin)
    const victim = startVictim(TOKENDECK, environment)
    await victim.ask({ do: 'open' })
    const { login, family } = provider.signIn()
    await victim.ask({ do: 'connect', login })
    // What the log of writes had reserved would be room enough.
    await victim.ask({ do: 'checkpoint' })
    const held = provider.hold('answer')
    const refreshed = victim.ask({ do: 'refresh' })
    const answer = await held
    const filler = join(disk, 'filler')
    fill(filler)
    answer.release()
    const { outcome, reason } = await refreshed
    // It is asked to end while the answer is in memory only, and stays until that is on the disk.
    const closed = victim.ask({ do: 'close' })
    await Bun.sleep(FULL_FOR_MS - 2_000)
    rmSync(filler)
    await closed
    const next = startVictim(TOKENDECK, environment)
    const { states } = await next.ask({ do: 'open' })
    await next.ask({ do: 'close' })
    await next.ended
    const isToldUnsaved = outcome === 'retry_scheduled' && reason === 'not_saved'
    return { isToldUnsaved, isKept: isAlive(family, states[0]!.refreshToken) }
  } finally {
    await provider.close()
    spawnSync('umount', ['-l', disk])
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
