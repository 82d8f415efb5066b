/** Tokens handed out and used: always fresh where that can be, one refresh for any number of users, and every refusal. */

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listAuditEvents } from '../db/audit-store.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { type ConnectedAccount, connectPerson, currentGrant } from '../testing/connected-account.ts'
import { currentPair } from '../testing/fake-grants.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import type { AccountsContext } from './context.ts'
import { withFreshToken } from './fresh-token.ts'
import { issueToken } from './issue-token.ts'
import { getAccount } from './list-accounts.ts'

let world: TestContext
let context: AccountsContext
let ada: ConnectedAccount

beforeEach(async () => {
  world = await createTestContext()
  context = world.context
  ada = await connectPerson(world)
})
afterEach(() => world.close())

const issue = (minValidityMs?: number, accountId = ada.accountId) =>
  issueToken(context, accountId, { minValidityMs, actor: 'cli' })
const calls = () => world.fake.ledger.count('claude.refresh')
const fail = (status: number, body?: unknown) =>
  world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'status', status, body } })

describe('issueToken', () => {
  test('gives the token at hand while it is not due, and writes down that it did', async () => {
    const token = await issue()
    expect(token.accessToken.equals(currentPair(ada.family).accessToken)).toBe(true)
    expect(token).toMatchObject({ tokenType: 'Bearer', expiresAt: currentPair(ada.family).accessTokenExpiresAt })
    expect(calls()).toBe(0)
    const [event] = await listAuditEvents(context.database, ada.accountId, 1)
    expect(event).toMatchObject({ kind: 'token.issued', actor: 'cli', details: { generation: 1 } })
    expect(JSON.stringify(event)).not.toContain('FAKE')
  })

  test('is refreshed exactly at the margin, not one tick before', async () => {
    await world.clock.advance(8 * HOUR_MS - 5 * MINUTE_MS - 1)
    await issue()
    expect(calls()).toBe(0)
    await world.clock.advance(1)
    await issue()
    expect(calls()).toBe(1)
  })

  test('fifty at once on an expired grant: one request, and all get the new token', async () => {
    await world.clock.advance(9 * HOUR_MS)
    const tokens = await Promise.all(Array.from({ length: 50 }, () => issue()))
    expect(calls()).toBe(1)
    expect(tokens.every(({ accessToken }) => accessToken.equals(currentPair(ada.family).accessToken))).toBe(true)
  })

  test.each([0, 1])(
    'an answer that expires in %i s: one request in five minutes, however often it is asked for',
    async (seconds) => {
      world.fake.faults.add({
        endpoint: 'claude.refresh',
        fault: { kind: 'change', fields: { expires_in: seconds } },
        times: 99,
      })
      await world.clock.advance(9 * HOUR_MS)
      for (let turn = 0; turn < 29; turn++) {
        await issue()
        await world.clock.advance(10 * SECOND_MS)
      }
      expect(calls()).toBe(1)
    },
  )

  test('a longer validity than the token has left brings a refresh', async () => {
    await world.clock.advance(6 * HOUR_MS)
    await issue(2 * HOUR_MS)
    expect(calls()).toBe(0)
    await issue(2 * HOUR_MS + 1)
    expect(calls()).toBe(1)
  })

  test('while refreshing fails, the token at hand serves until it ends', async () => {
    fail(503)
    await world.clock.advance(8 * HOUR_MS - MINUTE_MS)
    expect((await issue()).accessToken.equals(currentPair(ada.family).accessToken)).toBe(true)
    await expect(issue(HOUR_MS)).rejects.toMatchObject({ code: 'try_again_later' })
    await world.clock.advance(MINUTE_MS)
    fail(503)
    await context.database.run(sql`update grants set next_refresh_at = next_refresh_at + 600000`)
    await expect(issue()).rejects.toMatchObject({ code: 'try_again_later', params: { retryAt: expect.any(Number) } })
  })

  test('a refused grant serves until its access token ends, then says that a person must sign in', async () => {
    fail(400, { error: 'invalid_grant' })
    await world.clock.advance(8 * HOUR_MS - MINUTE_MS)
    await issue()
    await world.clock.advance(MINUTE_MS)
    await expect(issue()).rejects.toMatchObject({ code: 'reauthorization_required' })
    expect(calls()).toBe(1)
  })

  test('an expired token that nobody or only the CLI refreshes', async () => {
    const brook = await connectPerson(world, 'brook', { custody: 'none', origin: 'access_token' })
    const carol = await connectPerson(world, 'carol', { custody: 'cli', origin: 'link' })
    await issue(undefined, brook.accountId)
    await world.clock.advance(9 * HOUR_MS)
    await expect(issue(undefined, brook.accountId)).rejects.toMatchObject({ code: 'no_refresh_token' })
    await expect(issue(undefined, carol.accountId)).rejects.toMatchObject({ code: 'not_custodian' })
    await expect(issue(undefined, 'acc_none')).rejects.toMatchObject({ code: 'account_not_found' })
    expect(calls()).toBe(0)
  })

  test('a token that cannot be written down is not handed out', async () => {
    await context.database.run(
      sql`create trigger no_news before insert on audit_events begin select raise(abort, 'x'); end`,
    )
    await expect(issue()).rejects.toMatchObject({ code: 'store_failed' })
  })

  test('a token without a known end serves', async () => {
    await context.database.run(sql`update grants set access_token_expires_at = null`)
    expect((await issue(HOUR_MS)).expiresAt).toBeNull()
    expect(calls()).toBe(0)
  })
})

describe('withFreshToken', () => {
  const use = (answers: ('ok' | 'rejected_token')[], accountId = ada.accountId) => {
    const seen: string[] = []
    const result = withFreshToken(context, accountId, 'scheduler', async (token) => {
      seen.push(token.reveal())
      return answers[Math.min(seen.length, answers.length) - 1]!
    })
    return result.then((answer) => ({ answer, seen }))
  }

  test('after a rejection: one refresh and one more try with the new token', async () => {
    const { answer, seen } = await use(['rejected_token', 'ok'])
    expect(answer).toBe('ok')
    expect(seen).toHaveLength(2)
    expect(seen[0]).not.toBe(seen[1])
    expect(calls()).toBe(1)
  })

  test('rejected again: no second refresh, now or in the next minutes', async () => {
    expect((await use(['rejected_token'])).answer).toBe('rejected_token')
    expect((await use(['rejected_token'])).answer).toBe('rejected_token')
    expect(calls()).toBe(1)
    expect((await currentGrant(context, ada.accountId)).refusedAt).toBeNull()
  })

  test('a rejected token that nobody can replace is over, and shown so, once', async () => {
    const brook = await connectPerson(world, 'brook', { custody: 'none', origin: 'access_token' })
    expect((await use(['rejected_token'], brook.accountId)).seen).toHaveLength(1)
    await use(['rejected_token'], brook.accountId)
    const { login } = await getAccount(context, brook.accountId)
    expect(login).toMatchObject({ status: 'sign_in_again', reason: { code: 'login_refused' } })
    const events = await listAuditEvents(context.database, brook.accountId, 9)
    expect(events.filter((event) => event.kind === 'grant.refused')).toHaveLength(1)
  })

  test('is fresh before it is used', async () => {
    await world.clock.advance(9 * HOUR_MS)
    const { seen } = await use(['ok'])
    expect(seen).toEqual([currentPair(ada.family).accessToken])
  })
})
