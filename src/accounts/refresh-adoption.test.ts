/** A login that a CLI's file holds too: the file is asked before anything is spent, and once more before anything is given up. */

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { listAttempts } from '../db/attempt-store.ts'
import { HOUR_MS, MINUTE_MS } from '../lib/clock.ts'
import { type ConnectedAccount, connectPerson, currentGrant } from '../testing/connected-account.ts'
import { currentPair, type FakeFamily } from '../testing/fake-grants.ts'
import { claudeCredentialsJson } from '../testing/fake-tokens.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import type { Custody } from './account-summary.ts'
import type { AccountsContext } from './context.ts'
import { openTokens } from './grant-tokens.ts'
import { issueToken } from './issue-token.ts'
import { refreshGrant } from './refresh-grant.ts'

let world: TestContext
let context: AccountsContext
let path: string

beforeEach(async () => {
  world = await createTestContext()
  context = world.context
  await mkdir(join(world.directory, '.claude'))
  path = join(world.directory, '.claude', '.credentials.json')
})
afterEach(() => world.close())

const connect = (custody: Custody) =>
  connectPerson(world, 'ada', {
    custody,
    origin: custody === 'cli' ? 'link' : 'take_over',
    request: { credentialPath: path },
  })
/** The CLI refreshes by itself and writes its file. */
const rotateByCli = async ({ family }: ConnectedAccount) => {
  world.fake.grants.refresh(currentPair(family).refreshToken!, family.clientId)
  await put(family)
}
const put = (family: FakeFamily) =>
  writeFile(path, claudeCredentialsJson({ family, pair: currentPair(family) }), { mode: 0o600 })
/** Without the organisation, so that the profile has to say whose it is. */
const putUnnamed = (family: FakeFamily) => {
  const file = JSON.parse(claudeCredentialsJson({ family, pair: currentPair(family) }))
  delete file.claudeAiOauth.organizationUuid
  return writeFile(path, JSON.stringify(file), { mode: 0o600 })
}
const refresh = (ada: ConnectedAccount) =>
  refreshGrant(context, ada.accountId, { purpose: 'requested', actor: 'browser' })
const calls = () => world.fake.ledger.count('claude.refresh')

test('a newer login in the file is adopted, and nothing is spent', async () => {
  const ada = await connect('dashboard')
  await world.clock.advance(HOUR_MS)
  await rotateByCli(ada)
  expect(await refresh(ada)).toMatchObject({ outcome: 'refreshed', reason: { code: 'adopted', params: { path } } })
  expect(calls()).toBe(0)
  const grant = await currentGrant(context, ada.accountId)
  expect(openTokens(context.vault, grant).refreshToken!.equals(currentPair(ada.family).refreshToken!)).toBe(true)
  expect(grant).toMatchObject({ leaseOwner: null, generation: 2 })
  const [attempt] = await listAttempts(context.database, grant.id)
  expect(attempt).toMatchObject({ outcome: 'not_sent', code: 'adopted' })
})

test('a login that ends in the same instant is newer when nobody here knows it, and older when it was here', async () => {
  const ada = await connect('dashboard')
  const first = currentPair(ada.family)
  await rotateByCli(ada)
  expect(currentPair(ada.family).accessTokenExpiresAt).toBe(first.accessTokenExpiresAt)
  expect((await refresh(ada)).reason.code).toBe('adopted')
  expect([calls(), ada.family.revokedAt]).toEqual([0, null])
  // A backup of the file is put back, and its text claims a later end.
  const older = { ...first, accessTokenExpiresAt: first.accessTokenExpiresAt + HOUR_MS }
  await writeFile(path, claudeCredentialsJson({ family: ada.family, pair: older }), { mode: 0o600 })
  await world.clock.advance(HOUR_MS)
  expect((await refresh(ada)).reason.code).toBe('refreshed')
  expect([calls(), ada.family.revokedAt]).toEqual([1, null])
})

test('an older login in the file changes nothing: ours is spent', async () => {
  const ada = await connect('dashboard')
  await put(ada.family)
  await world.clock.advance(HOUR_MS)
  expect((await refresh(ada)).reason.code).toBe('refreshed')
  await world.clock.advance(MINUTE_MS)
  expect((await refresh(ada)).reason.code).toBe('refreshed')
  expect(ada.family.revokedAt).toBeNull()
})

test('a newer login that nobody can confirm is waited for: nothing is spent', async () => {
  const ada = await connect('dashboard')
  await world.clock.advance(HOUR_MS)
  world.fake.grants.refresh(currentPair(ada.family).refreshToken!, ada.family.clientId)
  await putUnnamed(ada.family)
  world.fake.faults.add({ endpoint: 'claude.profile', fault: { kind: 'status', status: 503 } })
  expect(await refresh(ada)).toMatchObject({
    outcome: 'retry_scheduled',
    reason: { code: 'file_newer', params: { path } },
  })
  expect(calls()).toBe(0)
  expect(await currentGrant(context, ada.accountId)).toMatchObject({ lastFailureCode: 'file_newer', leaseOwner: null })
  world.fake.faults.clear()
  expect((await refresh(ada)).reason.code).toBe('adopted')
  expect([calls(), ada.family.revokedAt]).toEqual([0, null])
})

test('a file of another account is never adopted', async () => {
  const ada = await connect('dashboard')
  await world.clock.advance(HOUR_MS)
  const brook = world.fake.grants.signIn(world.fake.person('brook'), ada.family.clientId, ada.family.scopes)
  await put(brook.family)
  expect((await refresh(ada)).reason.code).toBe('refreshed')
  expect(brook.family.consumed.size).toBe(0)
})

test('a CLI that refreshes between our look at the file and our request: its login is adopted after the refusal', async () => {
  const ada = await connect('dashboard')
  await put(ada.family)
  await world.clock.advance(HOUR_MS)
  const { send } = context.transport
  context.transport = {
    async send(request) {
      if (request.url.endsWith('/token')) await rotateByCli(ada)
      return send(request)
    },
  }
  // A lenient provider, so that reuse does not end the family and only the file can say what is true.
  Object.assign(world.fake.grants.rules, { reuse: 'strict' })
  const outcome = await refresh(ada)
  expect(outcome.outcome).toBe('unchanged')
  const grant = await currentGrant(context, ada.accountId)
  expect(grant.refusedAt).toBeNull()
  expect(openTokens(context.vault, grant).refreshToken!.equals(currentPair(ada.family).refreshToken!)).toBe(true)
})

test('a refused login lives again when its file holds a newer one', async () => {
  const ada = await connect('dashboard')
  await context.database.run(
    sql`update grants set refused_at = 1, refusal_code = 'invalid_grant', next_refresh_at = null`,
  )
  await world.clock.advance(HOUR_MS)
  await rotateByCli(ada)
  expect((await refresh(ada)).reason.code).toBe('adopted')
  expect((await currentGrant(context, ada.accountId)).refusedAt).toBeNull()
})

test('in custody of the CLI: its newer token is handed out, and nothing is ever sent', async () => {
  const ada = await connect('cli')
  await world.clock.advance(9 * HOUR_MS)
  await put(ada.family)
  expect(await refresh(ada)).toMatchObject({
    outcome: 'not_custodian',
    reason: { code: 'cli_refreshes', params: { path } },
  })
  await rotateByCli(ada)
  const token = await issueToken(context, ada.accountId, { actor: 'cli' })
  expect(token.accessToken.equals(currentPair(ada.family).accessToken)).toBe(true)
  expect(calls()).toBe(0)
})
