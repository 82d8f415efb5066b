/** An account as it stands before a run: signed in, stored, and perhaps in a file of a CLI as well. */

import type { AccountRow } from '../../db/account-store.ts'
import type { GrantRow } from '../../db/grant-store.ts'
import { MINUTE_MS } from '../../lib/clock.ts'
import { CliWriter } from './cli-writer.ts'
import type { Simulation } from './simulation.ts'
import { RESTORED } from './verdict.ts'

export function seedAccount(simulation: Simulation, number: number): void {
  const { world, provider, weather, tables } = simulation
  const { dice, time } = world
  const lifeMs = dice.pick([1, 6, 20, 60]) * MINUTE_MS
  const login = provider.signIn(`FAKE-person-${number}`, `FAKE-organization-${number}`, lifeMs)
  const pair = login.pairs[0]!
  if (weather.isRestored && dice.chance(0.5)) spendBefore(simulation, pair.refreshToken)
  const id = `acc_${number}`
  const account: AccountRow = {
    ...{ id, provider: 'claude', subject: login.subject, organizationId: login.organizationId },
    ...{ organizationName: null, email: null, displayName: null, plan: null, rateLimitTier: null, label: null },
    ...{ position: number, pausedAt: null, profileReadAt: null, profileFailure: null, createdAt: time },
  }
  tables.accounts.set(id, account)
  const writer = weather.file === 'none' ? null : new CliWriter(simulation, login, `/nowhere/cli-${number}`)
  if (writer) simulation.writers.push(writer)
  const grant: GrantRow = {
    ...{ id: `gra_${number}`, accountId: id, custody: weather.file === 'followed' ? 'cli' : 'dashboard' },
    ...{ origin: 'paste', generation: 1, idTokenSealed: null, clientId: null, scopes: [] },
    accessTokenSealed: `grants.access_token_sealed.${id}.1|${pair.accessToken}`,
    refreshTokenSealed: `grants.refresh_token_sealed.${id}.1|${pair.refreshToken}`,
    accessTokenFingerprint: `access_token:${pair.accessToken}`,
    refreshTokenFingerprint: `refresh_token:${pair.refreshToken}`,
    ...{ accessTokenIssuedAt: time, accessTokenExpiresAt: pair.expiresAt, loginExpiresAt: null },
    ...{ credentialMachineId: null },
    ...{ credentialPath: writer?.path ?? null, createdAt: time, retiredAt: null, lastProofAt: time },
    ...{
      refusedAt: null,
      refusalCode: null,
      uncertainAt: null,
      suspectAt: weather.isRestored ? time : null,
      failures: 0,
    },
    ...{ lastFailureAt: null, lastFailureCode: null, lastFailureDetail: null },
    nextRefreshAt: weather.file === 'followed' ? null : time + dice.between(0, lifeMs),
    ...{ leaseOwner: null, leaseEpoch: 0, leaseUntil: null },
  }
  tables.addGrant(grant)
  simulation.rules.noteDurable(grant)
}

/** In a life of the installation that the copy of its database knows nothing of. */
function spendBefore({ provider, rules }: Simulation, refreshToken: string): void {
  const attemptId = `att_before_${provider.requests.length}`
  const request = provider.refresh(refreshToken, { by: 'us', attemptId, owner: 'before' })
  request.excuse = RESTORED
  rules.doubt(attemptId)
}
