/** What people do to an account while its refresh may be under way: they sign in anew, or remove it. */

import type { GrantRow } from '../../db/grant-store.ts'
import { MINUTE_MS } from '../../lib/clock.ts'
import type { Simulation } from './simulation.ts'

/** Plans what the weather of a run brings of this. */
export function planChanges(simulation: Simulation, sometime: () => number): void {
  const { world, weather } = simulation
  for (const [share, what, change] of [
    [weather.newSignIn, 'somebody signs in anew', signInAnew],
    [weather.removal, 'an account is removed', removeAccount],
  ] as const) {
    if (!world.dice.chance(share)) continue
    const accountId = `acc_${world.dice.between(1, weather.accounts)}`
    world.after(sometime(), null, what, () => change(simulation, accountId))
  }
}

function removeAccount({ tables }: Simulation, accountId: string): void {
  tables.removeAccount(accountId)
}

/** What a completed sign-in of the same person does in one commit: a new grant, and the old one retired. */
function signInAnew({ world, provider, tables, rules }: Simulation, accountId: string): void {
  const old = tables.current(accountId)
  const account = tables.accounts.get(accountId)
  if (!old || !account) return
  const lifeMs = world.dice.pick([6, 20, 60]) * MINUTE_MS
  const pair = provider.signIn(account.subject, account.organizationId, lifeMs).pairs[0]!
  const { time } = world
  tables.writeGrant(old, { retiredAt: time, nextRefreshAt: null })
  const grant: GrantRow = {
    ...old,
    ...{ id: `${old.id}+`, generation: 1, retiredAt: null, createdAt: time, lastProofAt: time },
    accessTokenSealed: `grants.access_token_sealed.${accountId}.1|${pair.accessToken}`,
    refreshTokenSealed: `grants.refresh_token_sealed.${accountId}.1|${pair.refreshToken}`,
    accessTokenFingerprint: `access_token:${pair.accessToken}`,
    refreshTokenFingerprint: `refresh_token:${pair.refreshToken}`,
    ...{ accessTokenIssuedAt: time, accessTokenExpiresAt: pair.expiresAt },
    ...{ refusedAt: null, refusalCode: null, uncertainAt: null, suspectAt: null, failures: 0 },
    ...{ lastFailureAt: null, lastFailureCode: null, lastFailureDetail: null },
    nextRefreshAt: time + world.dice.between(0, lifeMs),
    ...{ leaseOwner: null, leaseEpoch: 0, leaseUntil: null },
  }
  tables.addGrant(grant)
  rules.noteDurable(grant)
}
