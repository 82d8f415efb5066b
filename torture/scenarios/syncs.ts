/**
 * F3: the answer is on the disk before anybody is told of it, as the kernel sees it. And what is on the disk is enough: the
 * calls of the program are played back onto a disk whose power is cut at random instants, and what that disk then holds is
 * opened.
 */

import { cpSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Home } from '../../bench/home.ts'
import type { FakeFamily } from '../../src/testing/fake-grants.ts'
import { fingerprint } from '../../src/testing/fake-ledger.ts'
import { type Finding, finding, type Scenario, type Torture } from '../finding.ts'
import { makeWorld } from '../home.ts'
import type { FileCall } from '../kernel-trace.ts'
import { CuttableDisk } from '../power-cut.ts'
import { startVictim, TOKENDECK } from '../program.ts'
import { countSyncs, hasStrace, watchRefreshes } from '../watched-refreshes.ts'

/** How much of what was not synced is there all the same, after each second cut. */
const KEPT = 0.5

export const syncs: Scenario = {
  faults: ['F3'],
  title: 'synced before told',
  async run(torture) {
    if (hasStrace()) return await watch(torture)
    const measured =
      'needs strace; without it F1 kills at `after_commit` and `told` show the same for a process that dies'
    const what = 'a sync of the disk between the answer and whoever is told'
    return [{ fault: 'F3', what, measured, goal: '200 of 200', state: 'unmeasured' }]
  },
}

async function watch({ directory, isShort }: Torture): Promise<Finding[]> {
  const rounds = isShort ? 20 : 200
  const cuts = isShort ? 4 : 100
  const { provider, home, close } = await makeWorld(directory, { reuse: 'strict' })
  const victim = startVictim(TOKENDECK, home.environment)
  await victim.ask({ do: 'open' })
  const { login, family } = provider.signIn()
  await victim.ask({ do: 'connect', login })
  await victim.ask({ do: 'measure', count: 5 })
  // From here on everything is on the disk, in the one file.
  await victim.ask({ do: 'checkpoint' })
  const before = mkdtempSync(join(directory, 'before-'))
  cpSync(home.path, before, { recursive: true })
  const generation = family.pairs.length
  const calls = await watchRefreshes(victim, { directory, rounds })
  const seen = countSyncs(calls)
  const result = { lost: 0, damaged: 0, unsynced: 0 }
  for (let count = 0; count < cuts; count++) {
    const isPart = count % 2 === 1
    const at = count === 0 ? calls.length : Math.floor(Math.random() * calls.length)
    const found = await cutPower({
      directory,
      home,
      before,
      calls: calls.slice(0, at),
      kept: isPart ? KEPT : 0,
      family,
    })
    result.unsynced = Math.max(result.unsynced, found.unsynced)
    if (found.generation === null) result.damaged += 1
    else if (found.generation < generation + found.told) result.lost += 1
  }
  await close()
  return [
    finding('F3', `a sync of the disk between the answer and whoever is told, × ${rounds}, by strace`, {
      measured: `${seen.synced} of ${seen.told} synced, ${seen.unsynced} told while something written was not synced`,
      goal: `${rounds} of ${rounds}, 0`,
      isMet: seen.told === rounds && seen.synced === rounds && seen.unsynced === 0,
    }),
    finding('F3', `the power cut ${cuts} times at random instants of that: what was synced, and a part of the rest`, {
      measured: `${result.lost} logins lost that somebody had been told of, ${result.damaged} databases damaged (up to ${result.unsynced.toLocaleString('en')} bytes not synced)`,
      goal: '0, 0',
      isMet: result.lost + result.damaged === 0 && seen.told === rounds,
    }),
  ]
}

interface Cut {
  directory: string
  home: Home
  /** The home as it was before these calls. */
  before: string
  calls: readonly FileCall[]
  kept: number
  family: FakeFamily
}

/** After these calls the power is cut. `generation`: of the login that is then found; null where none can be read. */
async function cutPower({ directory, home, before, calls, kept, family }: Cut) {
  const names = ['tokendeck.db', 'tokendeck.db-wal']
  const disk = new CuttableDisk(
    new Map(names.map((name) => [join(home.path, name), contentOf(join(before, name))] as const)),
  )
  for (const call of calls) disk.take(call)
  const image = mkdtempSync(join(directory, 'image-'))
  cpSync(before, image, { recursive: true })
  for (const [path, content] of disk.cut(kept)) writeFileSync(join(image, basename(path)), content, { mode: 0o600 })
  const restored = startVictim(TOKENDECK, { ...home.environment, TOKENDECK_HOME: image })
  const { states } = await restored.ask({ do: 'open' })
  await restored.kill()
  const [state] = states
  const pair = state && family.pairs[state.generation - 1]
  const isWhole = pair && fingerprint(pair.refreshToken!) === state.refreshToken
  const { told } = countSyncs(calls)
  return { generation: isWhole ? state.generation : null, told, unsynced: disk.unsynced }
}

function contentOf(path: string): Buffer {
  return existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
}
