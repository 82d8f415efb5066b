/**
 * F12: the provider cannot be reached for an hour. Nothing was sent, so nothing is doubted: it is looked for, and seldom
 * tried. The program's time runs faster than the machine's.
 */

import { MINUTE_MS, SECOND_MS } from '../../src/lib/clock.ts'
import type { FakeFamily } from '../../src/testing/fake-grants.ts'
import { type Finding, finding, type Scenario, type Torture, timedFinding } from '../finding.ts'
import { makeWorld } from '../home.ts'
import { startVictim, TOKENDECK } from '../program.ts'
import { isAlive } from '../provider.ts'

const OUTAGE_MS = 60 * MINUTE_MS
const TRIES_PER_HOUR = 12
/** The first one and the quick ones after it, which come however short the outage is. */
const FIRST_TRIES = 4
const RECOVERY_LIMIT_MS = 60 * SECOND_MS

export const outage: Scenario = {
  faults: ['F12'],
  title: 'an hour without the provider',
  async run(torture) {
    return (await Promise.all([endure(torture, 1), endure(torture, 5)])).flat()
  },
}

async function endure({ directory, isShort }: Torture, accounts: number): Promise<Finding[]> {
  // The faster it runs, the more of its time is the machine's own slowness.
  const rate = isShort ? 100 : 20
  const outageMs = isShort ? OUTAGE_MS / 4 : OUTAGE_MS
  const triesLimit = FIRST_TRIES + ((TRIES_PER_HOUR - FIRST_TRIES) * outageMs) / OUTAGE_MS
  const { provider, home, close } = await makeWorld(directory, { reuse: 'strict', people: accounts })
  const victim = startVictim(TOKENDECK, home.environment)
  await victim.ask({ do: 'open', rate })
  const families: FakeFamily[] = []
  for (let person = 0; person < accounts; person++) {
    const { login, family } = provider.signIn(person, -MINUTE_MS)
    families.push(family)
    await victim.ask({ do: 'connect', login })
  }
  await provider.goAway()
  await victim.ask({ do: 'work' })
  await Bun.sleep(outageMs / rate)
  const { mostTries = 0 } = await victim.ask({ do: 'calls' })
  const during = (await victim.ask({ do: 'state' })).states
  const flagged = during.filter(({ status, isUncertain }) => status === 'sign_in_again' || isUncertain).length
  await provider.comeBack()
  const backAt = performance.now()
  const recovered = () => families.filter(({ pairs }) => pairs.length > 1).length
  while (recovered() < accounts && (performance.now() - backAt) * rate < 10 * RECOVERY_LIMIT_MS) await Bun.sleep(2)
  const recoveryMs = (performance.now() - backAt) * rate
  await Bun.sleep(100)
  const { states } = await victim.ask({ do: 'state' })
  await victim.ask({ do: 'close' })
  await close()
  const kept = families.filter((family) => states.some((state) => isAlive(family, state.refreshToken))).length
  const due = accounts === 1 ? '1 account due' : `${accounts} accounts due`
  return [
    finding('F12', `connections refused for ${outageMs / MINUTE_MS} min, ${due}`, {
      measured: `${flagged} flagged, at most ${mostTries} token requests per account`,
      goal: `0 flagged, ≤ ${triesLimit} requests`,
      isMet: flagged === 0 && mostTries > 0 && mostTries <= triesLimit,
    }),
    timedFinding(isShort, 'F12', `from the return of the provider until all are refreshed, ${due}`, {
      measured: `${(recoveryMs / SECOND_MS).toFixed(0)} s, ${kept} of ${accounts} logins kept`,
      goal: `≤ ${RECOVERY_LIMIT_MS / SECOND_MS} s, all`,
      isMet: recoveryMs <= RECOVERY_LIMIT_MS && kept === accounts,
      isTolerable: kept === accounts,
    }),
  ]
}
