/** F11: the provider did its work and its answer is lost: one retry, then the truth. */

import type { Fault } from '../../src/testing/fake-faults.ts'
import { type Finding, finding, type Scenario, type Torture } from '../finding.ts'
import { makeWorld } from '../home.ts'
import { startVictim, TOKENDECK } from '../program.ts'
import { isAlive, type Reuse } from '../provider.ts'
import { GRACE_MS } from './kills.ts'

const FAULTS: readonly Fault[] = [{ kind: 'drop_after' }, { kind: 'truncated' }]

export const lostAnswers: Scenario = {
  faults: ['F11'],
  title: 'lost answers',
  run: async (torture) => [await run(torture, 'strict'), await run(torture, GRACE_MS)],
}

async function run({ directory, isShort }: Torture, reuse: Reuse): Promise<Finding> {
  const rounds = isShort ? 20 : 100
  const { provider, home, close } = await makeWorld(directory, { reuse })
  const victim = startVictim(TOKENDECK, home.environment)
  await victim.ask({ do: 'open' })
  const result = { recovered: 0, flagged: 0, silent: 0, mostCalls: 0 }
  let family = null
  for (let round = 0; round < rounds; round++) {
    if (!family) {
      const signedIn = provider.signIn()
      family = signedIn.family
      await victim.ask({ do: 'connect', login: signedIn.login })
    }
    const callsBefore = provider.tokenCalls().length
    provider.fake.faults.add({ endpoint: 'claude.refresh', fault: FAULTS[round % FAULTS.length]! })
    await victim.ask({ do: 'refresh' })
    // Once more than there is anything to retry: what is over must not be tried again.
    await victim.ask({ do: 'retry' })
    const state = (await victim.ask({ do: 'retry' })).states[0]!
    result.mostCalls = Math.max(result.mostCalls, provider.tokenCalls().length - callsBefore)
    if (isAlive(family, state.refreshToken)) {
      result.recovered += 1
      continue
    }
    if (state.status === 'sign_in_again' && state.reason === 'login_outcome_lost') result.flagged += 1
    else result.silent += 1
    family = null
  }
  await victim.ask({ do: 'close' })
  await close()
  const isStrict = reuse === 'strict'
  const measured = `${result.recovered} recovered, ${result.flagged} flagged, ${result.silent} untold, at most ${result.mostCalls} calls`
  return finding('F11', `${rounds} answers lost, ${isStrict ? 'strict provider' : `${GRACE_MS / 1_000} s of grace`}`, {
    measured,
    goal: `${isStrict ? `${rounds} flagged` : `${rounds} recovered`}, 0 untold, ≤ 2 calls each`,
    isMet: result.mostCalls <= 2 && (isStrict ? result.flagged : result.recovered) === rounds,
  })
}
