/** Tokens from elsewhere: what is refused, what is believed, and who may refresh them. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HOUR_MS, SECOND_MS } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'
import { codexClaims, fakeJwt } from '../testing/builders.ts'
import { TEST_NOW } from '../testing/fake-clock.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { type AddedToken, addToken } from './add-token.ts'
import type { AccountsContext } from './context.ts'
import { listAccounts } from './list-accounts.ts'

let world: TestContext
let context: AccountsContext

beforeEach(async () => {
  world = await createTestContext()
  context = world.context
})

afterEach(() => world.close())

type Plain = Partial<Record<'accessToken' | 'refreshToken' | 'idToken', string>> &
  Partial<Pick<AddedToken, 'provider' | 'kind' | 'expiresAt' | 'label'>>

const add = ({ accessToken = 'sk-ant-oat01-FAKE-0001', refreshToken, idToken, ...rest }: Plain) =>
  addToken(context, {
    provider: 'claude',
    kind: 'access_token',
    accessToken: new Secret(accessToken),
    refreshToken: refreshToken === undefined ? undefined : new Secret(refreshToken),
    idToken: idToken === undefined ? undefined : new Secret(idToken),
    actor: 'api',
    ...rest,
  })

const grace = (exp: number) =>
  fakeJwt(
    codexClaims({ subject: 'user-1', organizationId: 'workspace-1', email: 'grace@example.com', plan: 'plus', exp }),
  )

describe('refused before anything is sent or saved', () => {
  test.each<[string, Plain, string, object]>([
    ['no token', { accessToken: '' }, 'token_missing', { field: 'access_token' }],
    ['white space', { accessToken: ' \n' }, 'token_missing', { field: 'access_token' }],
    ['a pair without its half', { kind: 'token_pair' }, 'token_missing', { field: 'refresh_token' }],
    ['a line break inside', { accessToken: 'sk-ant-oat01-\nFAKE-0001' }, 'token_unreadable', { field: 'access_token' }],
    ['a header', { accessToken: 'Bearer sk-ant-oat01-FAKE' }, 'token_unreadable', { field: 'access_token' }],
    ['quotes', { accessToken: '"sk-ant-oat01-FAKE"' }, 'token_unreadable', { field: 'access_token' }],
    ['JSON', { accessToken: '{"accessToken":"sk-ant-oat01-FAKE"}' }, 'token_unreadable', { field: 'access_token' }],
    ['a NUL', { accessToken: 'sk-ant-oat01\u0000-FAKE' }, 'token_unreadable', { field: 'access_token' }],
    ['letters of another script', { accessToken: 'sk-ant-оat01-FAKE' }, 'token_unreadable', { field: 'access_token' }],
    ['a word', { accessToken: 'token' }, 'token_unreadable', { field: 'access_token' }],
    ['a book', { accessToken: 'x'.repeat(20_000) }, 'token_unreadable', { field: 'access_token' }],
    [
      'one token as both halves',
      { kind: 'token_pair', refreshToken: 'sk-ant-oat01-FAKE-0001' },
      'token_unreadable',
      { field: 'refresh_token' },
    ],
    ['an odd id_token', { idToken: 'not a token' }, 'token_unreadable', { field: 'id_token' }],
    ['a token that ended', { expiresAt: TEST_NOW }, 'token_refused', { failureCode: 'expired' }],
    [
      'a JWT that ended, whatever is said',
      { provider: 'codex', accessToken: grace(TEST_NOW / 1000 - 1), expiresAt: TEST_NOW + HOUR_MS },
      'token_refused',
      { failureCode: 'expired' },
    ],
    [
      'a setup token where there is none',
      { provider: 'codex', kind: 'setup_token' },
      'method_not_offered',
      { method: 'setup_token' },
    ],
    ['an unknown provider', { provider: 'nobody' }, 'unknown_provider', {}],
  ])('%s', async (_, token, code, params) => {
    await expect(add(token)).rejects.toMatchObject({ code, params })
    expect([await listAccounts(context), world.fake.ledger.entries]).toEqual([[], []])
  })
})

test('a token that the provider does not know is refused and not saved', async () => {
  await expect(add({})).rejects.toMatchObject({ code: 'token_refused', params: { failureCode: 'unauthorized' } })
  expect(await listAccounts(context)).toEqual([])
})

test('a setup token is for inference only: nobody refreshes it and nobody asks whose it is', async () => {
  const account = await add({ kind: 'setup_token', label: 'CI', accessToken: '  sk-ant-oat01-FAKE-SETUP\n' })
  expect(account).toMatchObject({ label: 'CI', custody: 'none', origin: 'setup_token', scopes: ['user:inference'] })
  expect(account.subject).toMatch(/^token:[0-9a-f]{32}$/)
  expect(world.fake.ledger.entries).toEqual([])
  // The same token once more is the same account.
  expect((await add({ kind: 'setup_token', accessToken: 'sk-ant-oat01-FAKE-SETUP' })).id).toBe(account.id)
})

test('an access token says by its claims whose it is and when it ends', async () => {
  const exp = TEST_NOW / SECOND_MS + 3_600
  const account = await add({ provider: 'codex', accessToken: grace(exp) })
  expect(account).toMatchObject({ email: 'grace@example.com', custody: 'none', organization: { id: 'workspace-1' } })
  expect(account.login.accessTokenExpiresAt).toBe(exp * SECOND_MS)
})

test('a pair is the dashboard’s from now on, also when its access token has ended', async () => {
  const account = await add({
    provider: 'codex',
    kind: 'token_pair',
    accessToken: grace(TEST_NOW / 1000 - 60),
    refreshToken: 'rt_FAKE_0001\n',
  })
  expect(account).toMatchObject({ email: 'grace@example.com', custody: 'dashboard', origin: 'token_pair' })
})

test('a live pair is identified by its profile', async () => {
  const { pair } = world.fake.grants.signIn(world.fake.person('ada'), 'any', ['user:profile', 'user:inference'])
  const account = await add({ kind: 'token_pair', accessToken: pair.accessToken, refreshToken: pair.refreshToken! })
  expect(account).toMatchObject({ email: 'ada@example.com', plan: 'max', organization: { name: 'Ada Works' } })
})

test('a token that may not read the profile is kept, without a name', async () => {
  const { pair } = world.fake.grants.signIn(world.fake.person('ada'), 'any', ['user:inference'])
  const account = await add({ accessToken: pair.accessToken })
  expect(account).toMatchObject({ email: null, custody: 'none', subject: expect.stringMatching(/^token:/) })
})
