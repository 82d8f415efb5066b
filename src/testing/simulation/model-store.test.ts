/** The model of the simulation and the real stores, side by side: the same operations, the same answers, the same rows. */

import { afterAll, expect, test } from 'vitest'
import * as accountStore from '../../db/account-store.ts'
import * as attemptStore from '../../db/attempt-store.ts'
import * as credentialFileStore from '../../db/credential-file-store.ts'
import * as generationStore from '../../db/generation-store.ts'
import type { GrantRow } from '../../db/grant-store.ts'
import * as grantStore from '../../db/grant-store.ts'
import * as inboxStore from '../../db/inbox-store.ts'
import * as leaseStore from '../../db/lease-store.ts'
import * as refreshCommitStore from '../../db/refresh-commit-store.ts'
import { accounts, attempts, grants, inbox } from '../../db/schema.ts'
import { credentialFiles } from '../../db/schema-copies.ts'
import { generations } from '../../db/schema-trails.ts'
import { HOUR_MS, systemClock } from '../../lib/clock.ts'
import { openTestDatabase } from '../test-database.ts'
import { Dice } from './dice.ts'
import { createModelStore, type ModelStore } from './model-store.ts'
import { ModelTables } from './model-tables.ts'

const real = {
  ...grantStore,
  ...leaseStore,
  ...refreshCommitStore,
  ...attemptStore,
  ...inboxStore,
  ...credentialFileStore,
  ...generationStore,
  ...accountStore,
}
const opened = await openTestDatabase()
afterAll(() => opened.close())

/** The database's clock and the model's are the machine's, read a moment apart. */
const SAME_INSTANT_MS = 60_000

test.each(Array.from({ length: 6 }, (_, seed) => seed + 1))(
  'the model says what the database says: seed %i',
  async (seed) => {
    const { database } = opened
    await database.delete(accounts)
    await database.delete(credentialFiles)
    await database.delete(generations)
    const tables = new ModelTables(() => systemClock.now())
    const model = createModelStore(tables)
    const dice = new Dice(seed)
    const both = async (name: keyof ModelStore, ...given: unknown[]) => {
      const expected = await (real[name as keyof typeof real] as (...given: unknown[]) => unknown)(database, ...given)
      const answered = (model[name] as (...given: unknown[]) => unknown)(...given)
      if (typeof expected !== 'object' || expected === null || !('rows' in expected || 'rowsAffected' in expected)) {
        expect(comparable(answered), `${name} ${JSON.stringify(given)}`).toEqual(comparable(expected))
      }
      return answered
    }
    const now = systemClock.now()
    for (const number of [1, 2]) {
      const account = anAccount(number, now)
      const grant = aGrant(number, now, dice)
      await database.insert(accounts).values(account)
      await database.insert(grants).values(grant)
      tables.accounts.set(account.id, account)
      const first = { grantId: grant.id, generation: grant.generation, how: 'signed_in' as const }
      await generationStore.beginGeneration(database, { ...first, actor: 'api', why: null, at: grant.createdAt })
      tables.addGrant(grant)
    }
    for (let step = 0; step < 60; step++) {
      await act(dice, tables, both, step)
      expect(comparable([...tables.grants.values()])).toEqual(comparable(await database.select().from(grants)))
      expect(comparable(tables.attempts)).toEqual(comparable(await database.select().from(attempts)))
      expect(comparable([...tables.inbox.values()])).toEqual(comparable(await database.select().from(inbox)))
    }
  },
)

type Both = (name: keyof ModelStore, ...given: unknown[]) => Promise<unknown>

/** One operation of a process, with what it may have read before, mostly true and sometimes stale. */
async function act(dice: Dice, tables: ModelTables, both: Both, step: number): Promise<void> {
  const now = systemClock.now()
  const accountId = dice.pick(['acc_1', 'acc_2', 'acc_none'])
  const grant = { ...(tables.current(accountId) ?? tables.current('acc_1')!) }
  if (dice.chance(0.15)) grant.generation -= 1
  if (dice.chance(0.1)) grant.leaseEpoch += 1
  const owner = dice.pick(['one', 'other'])
  const latest = tables.attempts.findLast(({ grantId }) => grantId === grant.id)
  const attempt = {
    id: dice.pick([latest?.id ?? 'att_none', `att_${step - 1}`]),
    grantId: grant.id,
    accountId: grant.accountId,
    owner: latest?.owner ?? owner,
    leaseEpoch: latest?.leaseEpoch ?? 1,
    generation: latest?.generation ?? grant.generation,
    parentFingerprint: latest?.parentFingerprint ?? '',
  }
  const answer = { id: `ans_${dice.between(1, 40)}`, answerSealed: 'sealed', receivedAt: now }
  const next = { ...tokensOf(`step-${step}`), uncertainAt: null, failures: 0, nextRefreshAt: now + HOUR_MS }
  switch (dice.between(0, 15)) {
    case 0:
    case 1:
    case 2: {
      const leaseMs = dice.pick([-2 * HOUR_MS, HOUR_MS])
      const request = { grant, owner, attemptId: `att_${step}`, purpose: 'scheduled', leaseMs, now }
      await both('takeLease', request)
      return
    }
    case 3:
    case 4:
      await both('commitRefresh', attempt, answer, next, { generation: 2 }, 'api')
      return
    case 5:
    case 6: {
      const outcome = dice.pick(['unknown', 'transient', 'not_sent', 'refused'] as const)
      const changes = dice.pick([{}, { failures: step, uncertainAt: now, lastFailureAt: now, nextRefreshAt: now - 5 }])
      const quarantine = dice.chance(0.3) ? { ...answer, reason: 'not_json' } : null
      const ended = { outcome, httpStatus: 500, code: 'code', endedAt: now, changes, quarantine, event: null }
      await both('endAttempt', attempt, ended)
      return
    }
    case 7:
      for (const open of tables.attempts.filter(({ outcome }) => outcome === 'intent')) {
        await both('markInterrupted', { ...open }, { now, retryAt: now + 1_000 })
      }
      return
    case 8:
      await both('listOpenAttempts', owner)
      await both('listOpenAnswers')
      return
    case 9:
      await both('changeGrant', grant, dice.pick([{ refusedAt: now }, { refusedAt: null, nextRefreshAt: now + 9e7 }]))
      return
    case 10:
      await both('listScheduledGrants', {
        providers: dice.pick([['claude'], ['codex'], []]),
        uncertainOf: dice.pick([['claude', 'codex'], ['claude'], []]),
        limit: dice.between(1, 2),
      })
      await both('countDueGrants', now)
      return
    case 11:
      await both('spreadDueGrants', { now, windowMs: 60_000, seed: step })
      await both('hastenGrants', { provider: 'claude', codes: dice.pick([['interrupted', 'other'], []]), now })
      return
    case 12:
      await both('rescheduleGrantsFromTheFuture', {
        now: now - dice.pick([0, 2 * HOUR_MS]),
        fromMs: 9,
        windowMs: 60,
        seed: 1,
      })
      return
    case 13:
      await both('wasSpent', dice.pick([grant.refreshTokenFingerprint ?? '', 'never']))
      await both('wasCurrent', dice.pick([grant.refreshTokenFingerprint ?? '', 'never']))
      await both('listFollowedGrants', { machineId: 'here', accountId: dice.pick([undefined, accountId]) })
      return
    case 14: {
      const event = { at: now, accountId: grant.accountId, kind: 'grant.adopted', actor: 'watcher', details: {} }
      await both('writeAdoption', grant, { ...next, accessTokenIssuedAt: now }, event)
      return
    }
    default:
      await both('findAccountAndGrant', accountId)
      await both('findCurrentGrant', accountId)
      await both('findGrant', grant.id)
      await both('findAccountById', accountId)
      await both('listAccountIdentities')
  }
}

function anAccount(number: number, now: number) {
  return {
    ...{
      id: `acc_${number}`,
      provider: 'claude',
      subject: `FAKE-${number}`,
      organizationId: '',
      organizationName: null,
    },
    ...{ email: null, displayName: null, plan: null, rateLimitTier: null, label: null, position: number },
    ...{ pausedAt: null, profileReadAt: null, profileFailure: null, createdAt: now },
  }
}

function aGrant(number: number, now: number, dice: Dice): GrantRow {
  return {
    ...{ id: `gra_${number}`, accountId: `acc_${number}`, custody: 'dashboard', origin: 'paste', generation: 1 },
    ...tokensOf(`first-${number}`),
    ...{ idTokenSealed: null, clientId: null, scopes: ['user:inference'], accessTokenIssuedAt: now },
    accessTokenExpiresAt: dice.pick([null, now - HOUR_MS, now + 8 * HOUR_MS]),
    ...{
      loginExpiresAt: null,
      credentialPath: dice.pick([null, `/nowhere/${number}`]),
      credentialMachineId: null,
      createdAt: now,
      retiredAt: null,
    },
    ...{ lastProofAt: now, refusedAt: null, refusalCode: null, uncertainAt: null, suspectAt: null, failures: 0 },
    ...{ lastFailureAt: null, lastFailureCode: null, lastFailureDetail: null, nextRefreshAt: now - number },
    ...{ leaseOwner: null, leaseEpoch: 0, leaseUntil: null },
  }
}

function tokensOf(name: string) {
  return {
    accessTokenSealed: `sealed access ${name}`,
    refreshTokenSealed: `sealed refresh ${name}`,
    accessTokenFingerprint: `access ${name}`,
    refreshTokenFingerprint: `refresh ${name}`,
  }
}

/** Rows in one order, with the ends of leases, which two clocks set, rounded. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(comparable).toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, part]) => [
    name,
    name === 'leaseUntil' && typeof part === 'number' ? Math.round(part / SAME_INSTANT_MS / 10) : comparable(part),
  ])
  return Object.fromEntries(entries)
}
