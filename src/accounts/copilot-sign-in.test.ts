/** GitHub's device flow through the whole domain: a provider that is nothing but data. */

import { afterEach, expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { COPILOT_CLIENT_ID } from '../testing/fake-copilot-endpoints.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { beginAuthorization, getAuthorization } from './authorizations.ts'
import { getAccount } from './list-accounts.ts'
import { readProfile } from './read-profile.ts'
import { refreshGrant } from './refresh-grant.ts'

const CONFIG = `[providers.copilot]\nclient_id = "${COPILOT_CLIENT_ID}"\n`
let world: TestContext
afterEach(() => world.close())

const begin = () => beginAuthorization(world.context, { provider: 'copilot', browser: null, actor: 'api' })
const state = (id: string) => getAuthorization(world.context, id)
const polls = (outcome?: string) => world.fake.ledger.count('copilot.poll', outcome)

async function signIn(): Promise<string> {
  const { id, userCode } = await begin()
  world.fake.copilot.approve(userCode!)
  await world.clock.advance(6 * SECOND_MS)
  return (await state(id)).completedAccountId!
}

test('without a client id nothing is begun, and the refusal says where to get one', async () => {
  world = await createTestContext()
  await expect(begin()).rejects.toMatchObject({
    code: 'client_id_missing',
    params: { id: 'copilot', url: 'https://github.com/settings/applications/new' },
  })
  expect(world.fake.ledger.entries).toEqual([])
})

test('an app without device flow is told from one that fails', async () => {
  world = await createTestContext({ config: CONFIG })
  world.fake.copilot.hasDeviceFlow = false
  await expect(begin()).rejects.toMatchObject({ code: 'device_not_enabled' })
})

test('a client id that GitHub does not know is named as the trouble', async () => {
  world = await createTestContext({ config: '[providers.copilot]\nclient_id = "Iv1.nobody"\n' })
  await expect(begin()).rejects.toMatchObject({ code: 'provider_error' })
})

test('a code to type, waiting, and the account with its user and plan', async () => {
  world = await createTestContext({ config: CONFIG })
  const begun = await begin()
  expect(begun).toMatchObject({
    method: 'device',
    verificationUri: 'https://github.com/login/device',
    authorizationUrl: 'https://github.com/login/device',
  })
  expect(world.fake.ledger.of('copilot.device')[0]!.fields).toEqual({
    client_id: COPILOT_CLIENT_ID,
    scope: 'read:user',
  })
  await world.clock.advance(11 * SECOND_MS)
  expect(polls('authorization_pending')).toBe(2)
  world.fake.copilot.approve(begun.userCode!)
  await world.clock.advance(6 * SECOND_MS)
  const { status, completedAccountId } = await state(begun.id)
  expect(status).toBe('complete')
  expect(await getAccount(world.context, completedAccountId!)).toMatchObject({
    subject: '583231',
    email: '583231+linus@users.noreply.github.com',
    displayName: 'Linus Example',
    plan: 'individual',
    scopes: ['read:user'],
    login: { reason: { code: 'login_valid_unknown_end' }, accessTokenExpiresAt: null, nextRefreshAt: null },
  })
})

test('an address with the plan that is not there leaves the plan unknown and the account whole', async () => {
  world = await createTestContext({ config: CONFIG })
  world.fake.copilot.tellsPlan = false
  const accountId = await signIn()
  expect(await getAccount(world.context, accountId)).toMatchObject({ subject: '583231', plan: null })
  world.fake.copilot.tellsPlan = true
  expect(await readProfile(world.context, accountId)).toEqual({ outcome: 'read' })
  expect(await getAccount(world.context, accountId)).toMatchObject({ plan: 'individual' })
  // What was known stays when it cannot be had.
  world.fake.faults.add({ endpoint: 'copilot.internal', fault: { kind: 'drop_before' } })
  expect(await readProfile(world.context, accountId)).toEqual({ outcome: 'read' })
  expect(await getAccount(world.context, accountId)).toMatchObject({ plan: 'individual' })
})

test('slow_down: five seconds more between all later questions', async () => {
  world = await createTestContext({ config: CONFIG })
  const slow = { kind: 'status', status: 200, body: { error: 'slow_down' } } as const
  world.fake.faults.add({ endpoint: 'copilot.poll', fault: slow })
  const { id } = await begin()
  await world.clock.advance(5 * SECOND_MS)
  expect(polls()).toBe(1)
  await world.clock.advance(9 * SECOND_MS)
  expect(polls()).toBe(1)
  await world.clock.advance(SECOND_MS)
  expect(polls()).toBe(2)
  expect((await state(id)).status).toBe('pending')
})

test('access_denied and expired_token end it, each with its own words', async () => {
  world = await createTestContext({ config: CONFIG })
  const denied = await begin()
  world.fake.copilot.deny(denied.userCode!)
  await world.clock.advance(6 * SECOND_MS)
  expect(await state(denied.id)).toMatchObject({ status: 'failed', failure: { code: 'sign_in_denied' } })
  const late = await begin()
  const expired = { kind: 'status', status: 200, body: { error: 'expired_token' } } as const
  world.fake.faults.add({ endpoint: 'copilot.poll', fault: expired })
  await world.clock.advance(6 * SECOND_MS)
  expect(await state(late.id)).toMatchObject({ status: 'failed', failure: { code: 'authorization_over' } })
  const unused = await begin()
  await world.clock.advance(16 * MINUTE_MS)
  expect((await state(unused.id)).status).toBe('expired')
})

test('an app with expiry: the login is refreshed with the client id alone, and a refusal with status 200 is one', async () => {
  world = await createTestContext({ config: CONFIG })
  world.fake.copilot.expires = true
  const accountId = await signIn()
  const before = await getAccount(world.context, accountId)
  expect(before.login.accessTokenExpiresAt! - world.clock.now()).toBeLessThanOrEqual(8 * HOUR_MS)
  expect(before.login.nextRefreshAt).not.toBeNull()
  const outcome = await refreshGrant(world.context, accountId, { purpose: 'requested', actor: 'api' })
  expect(outcome.outcome).toBe('refreshed')
  const { fields } = world.fake.ledger.of('copilot.refresh')[0]!
  expect(Object.keys(fields).sort()).toEqual(['client_id', 'grant_type', 'refresh_token'])
  world.fake.faults.add({
    endpoint: 'copilot.refresh',
    fault: { kind: 'status', status: 200, body: { error: 'bad_refresh_token' } },
  })
  await world.clock.advance(HOUR_MS)
  const refused = await refreshGrant(world.context, accountId, { purpose: 'requested', actor: 'api' })
  expect(refused).toMatchObject({
    outcome: 'reauthorization_required',
    reason: { params: { refusalCode: 'bad_refresh_token' } },
  })
})
