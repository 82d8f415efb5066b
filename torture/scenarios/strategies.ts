/** The same kills and the same races for the three simplest strategies of public tools, beside ours. */

import { program } from '../../bench/process.ts'
import { currentPair } from '../../src/testing/fake-grants.ts'
import { fingerprint } from '../../src/testing/fake-ledger.ts'
import type { Finding, Scenario, Torture } from '../finding.ts'
import { makeWorld } from '../home.ts'
import { CLASSES, killLoop, type Tally } from '../kill-loop.ts'
import { type ProgramKind, startVictim, TOKENDECK } from '../program.ts'
import { countSyncs, hasStrace, watchRefreshes } from '../watched-refreshes.ts'
import { GRACE_MS, killPlan, WARM_UP } from './kills.ts'
import { compete } from './race.ts'

const kindOf = (name: string, strategy: string): ProgramKind => ({
  name,
  command: program('torture/strategies/main.ts', strategy),
})
const STRATEGIES: readonly ProgramKind[] = [
  kindOf('refresh without lock', 'withoutLock'),
  kindOf('lock without re-read', 'lockWithoutReread'),
  kindOf('save after use', 'saveAfterUse'),
]
const PROCESSES = 16

export const strategies: Scenario = {
  faults: ['STRATEGIES'],
  title: 'the same for simple strategies',
  async run(torture) {
    const findings: Finding[] = []
    const kinds = [TOKENDECK, ...STRATEGIES]
    // One after another, so that no program takes the processor from the one that is compared.
    if (!torture.isShort) for (const kind of kinds) findings.push(...(await score(torture, kind)))
    else for (const found of await Promise.all(kinds.map((kind) => score(torture, kind)))) findings.push(...found)
    return findings
  },
}

async function score(torture: Torture, kind: ProgramKind): Promise<Finding[]> {
  const kills = torture.isShort ? 12 : 300
  const strict = await killed(torture, kind, 'strict', kills)
  const grace = await killed(torture, kind, GRACE_MS, kills)
  const shown = (test: string, measured: string, goal: string): Finding => {
    const compared = { test, by: kind.name }
    return { fault: 'F1', what: `*${kind.name}*: ${test}`, measured, goal, state: 'shown', compared }
  }
  const race = kind === TOKENDECK ? await compete(torture, 'without a server') : await raced(torture, kind)
  const compared = { test: `${PROCESSES} processes want a new token at once`, by: kind.name }
  const synced = await syncedWords(torture, kind)
  return [
    shown(`${strict.kills} kills -9 during refreshes, strict provider`, lossWords(strict), '0 untold'),
    shown(`the same, provider with ${GRACE_MS / 1_000} s of grace`, lossWords(grace), '0 lost'),
    shown('told of a new login only when it is synced to the disk, which a power cut does not take', synced, 'all'),
    { ...race, what: `*${kind.name}*: ${compared.test}`, state: 'shown', compared },
  ]
}

async function killed({ directory, isShort }: Torture, kind: ProgramKind, reuse: 'strict' | number, kills: number) {
  const { provider, home, close } = await makeWorld(directory, { reuse })
  const warmUp = isShort ? undefined : WARM_UP
  const tally = await killLoop({ kind, provider, environment: home.environment, kills: killPlan(kills), warmUp })
  await close()
  return tally
}

async function syncedWords({ directory, isShort }: Torture, kind: ProgramKind): Promise<string> {
  if (!hasStrace()) return 'needs strace'
  const rounds = isShort ? 5 : 100
  const { provider, home, close } = await makeWorld(directory, { reuse: 'strict' })
  const victim = startVictim(kind, home.environment)
  await victim.ask({ do: 'open' })
  await victim.ask({ do: 'connect', login: provider.signIn().login })
  const { told, synced } = countSyncs(await watchRefreshes(victim, { directory, rounds }))
  await close()
  return `${synced} of ${told}`
}

function lossWords({ classes, kills, randomKills, randomLost, silent, corrupt }: Tally): string {
  const lost = CLASSES.reduce((sum, name) => sum + classes[name].lost, 0)
  const chosen = `${lost - randomLost} of ${kills - randomKills} at chosen points`
  return `lost ${randomLost} of ${randomKills} at random instants and ${chosen}; ${silent} untold, ${corrupt} stores damaged`
}

/** Every process finds the access token over at the same time. */
async function raced({ directory, isShort }: Torture, kind: ProgramKind): Promise<Omit<Finding, 'state'>> {
  const rounds = isShort ? 3 : 50
  const { provider, home, close } = await makeWorld(directory, { reuse: 'strict', latencyMs: 50 })
  const programs = Array.from({ length: PROCESSES }, () => startVictim(kind, home.environment))
  let revoked = 0
  let answered = 0
  for (let round = 0; round < rounds; round++) {
    const { login, family } = provider.signIn()
    await programs[0]!.ask({ do: 'connect', login })
    await Promise.all(programs.map((each) => each.ask({ do: 'refresh', purpose: 'token_needed' })))
    const states = await Promise.all(programs.map((each) => each.ask({ do: 'state' })))
    const newest = fingerprint(currentPair(family).accessToken)
    if (family.revokedAt !== null) revoked += 1
    else answered += states.filter((said) => said.states[0]?.accessToken === newest).length
  }
  await Promise.all(programs.map((each) => each.kill()))
  const calls = provider.tokenCalls().length
  await close()
  return {
    fault: 'F4',
    what: `*${kind.name}*: ${PROCESSES} processes × ${rounds} rounds`,
    measured: `${calls} token calls, ${revoked} of ${rounds} logins revoked, ${answered} of ${PROCESSES * rounds} answered`,
    goal: `${rounds} calls, 0 revoked, all answered`,
  }
}
