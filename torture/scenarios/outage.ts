/**
 * F12: the provider cannot be reached for an hour. Nothing was sent, so nothing is doubted: everybody waits and tries again,
 * not too often. The program's time runs faster than the machine's.
 */

import { MINUTE_MS, SECOND_MS } from '../../src/lib/clock.ts'
import type { FakeFamily } from '../../src/testing/fake-grants.ts'
import { finding, type Scenario, timedFinding } from '../finding.ts'
import { makeWorld } from '../home.ts'
import { startVictim, TOKENDECK } from '../program.ts'
import { isAlive } from '../provider.ts'

const ACCOUNTS = 5
const OUTAGE_MS = 60 * MINUTE_MS
const TRIES_LIMIT = 12
const RECOVERY_LIMIT_MS = 60 * SECOND_MS

export const outage: Scenario = {
  faults: ['F12'],
  title: 'an hour without the provider',
  async run({ directory, isShort }) {
    // The faster it runs, the more of its time is the machine's own slowness.
    const rate = isShort ? 100 : 20
    const outageMs = isShort ? OUTAGE_MS / 4 : OUTAGE_MS
    const { provider, home, close } = await makeWorld(directory, { reuse: 'strict', people: ACCOUNTS })
    const victim = startVictim(TOKENDECK, home.environment)
    await victim.ask({ do: 'open', rate })
    const families: FakeFamily[] = []
    for (let person = 0; person < ACCOUNTS; person++) {
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
    while (recovered() < ACCOUNTS && (performance.now() - backAt) * rate < 10 * RECOVERY_LIMIT_MS) await Bun.sleep(2)
    const recoveryMs = (performance.now() - backAt) * rate
    await Bun.sleep(100)
    const { states } = await victim.ask({ do: 'state' })
    await victim.ask({ do: 'close' })
    await close()
    const kept = families.filter((family) => states.some((state) => isAlive(family, state.refreshToken))).length
    const triesLimit = (TRIES_LIMIT * outageMs) / OUTAGE_MS
    return [
      finding('F12', `connections refused for ${outageMs / MINUTE_MS} min, ${ACCOUNTS} accounts due`, {
        measured: `${flagged} flagged, at most ${mostTries} tries per account`,
        goal: `0 flagged, ≤ ${isShort ? TRIES_LIMIT : triesLimit} tries`,
        isMet: flagged === 0 && mostTries > 0 && mostTries <= (isShort ? TRIES_LIMIT : triesLimit),
      }),
      timedFinding(isShort, 'F12', 'from the return of the provider until every account is refreshed', {
        measured: `${(recoveryMs / 1_000).toFixed(0)} s, ${kept} of ${ACCOUNTS} logins kept`,
        goal: `≤ ${RECOVERY_LIMIT_MS / 1_000} s, all`,
        isMet: recoveryMs <= RECOVERY_LIMIT_MS && kept === ACCOUNTS,
        isTolerable: kept === ACCOUNTS,
      }),
    ]
  },
}
