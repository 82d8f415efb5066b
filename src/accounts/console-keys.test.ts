/** API keys through a login: only on a yes, noted before they are asked for, shown once, kept only where that was chosen. */

import { afterEach, beforeEach, expect, test } from 'vitest'
import { consoleKeys } from '../db/schema-console-keys.ts'
import { errorText } from '../messages/errors.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { CLAUDE_CLIENT_ID } from '../testing/fake-claude-endpoints.ts'
import type { Fault } from '../testing/fake-faults.ts'
import { tokenSetOf } from '../testing/fake-tokens.ts'
import { faultyStore } from '../testing/faulty-store.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { accountHistory } from './account-history.ts'
import {
  type ConsoleKeyRequest,
  createConsoleKey,
  forgetConsoleKey,
  listConsoleKeys,
  readConsoleKey,
} from './console-keys.ts'
import type { AccountError } from './errors.ts'

const WISH: ConsoleKeyRequest = { name: 'build server', keep: false, isConfirmed: true, actor: 'browser' }
let world: TestContext
let accountId: string

beforeEach(async () => {
  world = await createTestContext()
  accountId = (await connectPerson(world)).accountId
})
afterEach(() => world.close())

const create = (wish: Partial<ConsoleKeyRequest> = {}) =>
  createConsoleKey(world.context, accountId, { ...WISH, ...wish })
const listed = async () => (await listConsoleKeys(world.context, accountId))!.keys
const asked = () => world.fake.ledger.count('claude.api-key')
const strike = (fault: Fault) => world.fake.faults.add({ endpoint: 'claude.api-key', fault })
const kinds = async () => (await accountHistory(world.context, accountId)).map(({ kind }) => kind)

test('nothing is asked without a yes, without a name, or for a provider that makes none', async () => {
  await expect(create({ isConfirmed: false })).rejects.toMatchObject({ code: 'api_key_not_confirmed' })
  await expect(create({ name: ' ' })).rejects.toMatchObject({ code: 'label_invalid' })
  const grace = await connectPerson(world, 'grace')
  await expect(createConsoleKey(world.context, grace.accountId, WISH)).rejects.toMatchObject({
    code: 'api_keys_not_offered',
  })
  expect(await listConsoleKeys(world.context, grace.accountId)).toBeNull()
  expect(asked()).toBe(0)
})

test('a login without the scope may not', async () => {
  const { fake, context } = world
  const { family, pair } = fake.grants.signIn(fake.person('brook'), CLAUDE_CLIENT_ID, ['user:profile'])
  const tokens = tokenSetOf({ family, pair })
  const brook = await connectPerson(world, 'brook', { request: { tokens } })
  expect(await listConsoleKeys(context, brook.accountId)).toMatchObject({ canCreate: false, keys: [] })
  await expect(createConsoleKey(context, brook.accountId, WISH)).rejects.toMatchObject({ code: 'api_keys_not_offered' })
  expect(asked()).toBe(0)
})

test('a key is shown once: nothing of it but its end is kept', async () => {
  const { key, ...made } = await create()
  expect(key.reveal()).toMatch(/^sk-ant-api03-FAKE-/)
  expect(made).toMatchObject({ name: 'build server', hint: key.reveal().slice(-4), isKept: false, isUncertain: false })
  expect(await listed()).toEqual([made])
  await expect(readConsoleKey(world.context, accountId, made.id, 'api')).rejects.toMatchObject({
    code: 'api_key_not_kept',
  })
  expect(await kinds()).toEqual(expect.arrayContaining(['console_key.asked', 'console_key.created']))
  expect(JSON.stringify([await accountHistory(world.context, accountId), world.log.text()])).not.toContain(key.reveal())
})

test('a kept key is read again, which is in the history first, and not when it cannot be', async () => {
  const made = await create({ keep: true })
  const [row] = await world.context.database.select().from(consoleKeys)
  expect(row!.keySealed).not.toContain(made.key.reveal())
  const read = await readConsoleKey(world.context, accountId, made.id, 'api')
  expect(read.key.equals(made.key)).toBe(true)
  expect(await kinds()).toContain('console_key.read')
  const store = faultyStore(world.context.database)
  store.strike(2, 'away')
  await expect(readConsoleKey(world.context, accountId, made.id, 'api')).rejects.toMatchObject({ code: 'store_failed' })
  expect(store.heal()).toBe(true)
})

test('forgetting takes it off the list and asks the provider nothing', async () => {
  const made = await create({ keep: true })
  const before = world.fake.ledger.entries.length
  await forgetConsoleKey(world.context, accountId, made.id, 'browser')
  expect(await listed()).toEqual([])
  expect((await world.context.database.select().from(consoleKeys))[0]!.keySealed).toBeNull()
  expect(world.fake.ledger.entries).toHaveLength(before)
  await expect(forgetConsoleKey(world.context, accountId, made.id, 'browser')).rejects.toMatchObject({
    code: 'api_key_not_found',
  })
})

test('a form that is sent twice makes one key', async () => {
  const id = `key_${'0123456789'.repeat(2)}`
  const both = await Promise.allSettled([create({ id }), create({ id })])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  await expect(create({ id })).rejects.toMatchObject({ code: 'api_key_used' })
  expect(asked()).toBe(1)
})

test.each([
  [
    'says no',
    { status: 403, body: { error: { type: 'permission_error', message: 'Role <b>user</b> may not.' } } },
    'permission_error',
  ],
  [
    'has no billing',
    { status: 400, body: { error: { type: 'invalid_request_error', message: 'Add a card' } } },
    'invalid_request_error',
  ],
  ['wants a wait', { status: 429, body: '' }, 'rate_limited'],
  ['answers with a page', { status: 403, body: '<html>no</html>' }, 'http_403'],
])('a provider that %s: quoted, short, and no key is listed', async (_, answer, failureCode) => {
  strike({ kind: 'status', ...answer })
  const refusal: AccountError = await create().catch((error) => error)
  expect(refusal).toMatchObject({ code: 'api_key_refused', params: { failureCode } })
  const { detail } = errorText('en', refusal.code, refusal.params, 0)
  expect(detail).toContain('Nothing was made')
  expect(detail.length).toBeLessThan(500)
  expect(await listed()).toEqual([])
  expect(await kinds()).toContain('console_key.refused')
})

test.each([
  ['lost', { kind: 'drop_after' }],
  ['half', { kind: 'truncated' }],
  ['without a key', { kind: 'change', fields: { raw_key: undefined } }],
  ['an error of the server', { kind: 'status', status: 500 }],
] satisfies [string, Fault][])(
  'an answer that is %s: a key may be there, so it stays on the list, and nothing is tried again',
  async (_, fault) => {
    strike(fault)
    await expect(create()).rejects.toMatchObject({ code: 'api_key_unknown' })
    expect(await listed()).toMatchObject([{ isUncertain: true, isKept: false, hint: '' }])
    expect(asked()).toBe(1)
  },
)

test('a request that never left made nothing', async () => {
  strike({ kind: 'drop_before' })
  await expect(create()).rejects.toMatchObject({ code: 'api_key_refused' })
  expect(await listed()).toEqual([])
})

test('an access token that is refused is replaced and asked with once more', async () => {
  strike({ kind: 'status', status: 401, body: { error: { type: 'authentication_error' } } })
  expect((await create()).key.reveal()).toMatch(/FAKE/)
  expect(asked()).toBe(2)
  strike({ kind: 'status', status: 401 })
  strike({ kind: 'status', status: 401 })
  await expect(create()).rejects.toMatchObject({ code: 'reauthorization_required' })
  expect(await listed()).toHaveLength(1)
})

test('a database that refuses from some call on: nothing is asked, or the key is shown all the same', async () => {
  const store = faultyStore(world.context.database)
  let shown = 0
  for (let at = 1; at < 30; at++) {
    const before = asked()
    store.strike(at, 'away')
    const making = create({ keep: true })
    let isOver = false
    void making.then(
      () => (isOver = true),
      () => (isOver = true),
    )
    while (!isOver) await world.clock.advance(1_000)
    const hasStruck = store.heal()
    const outcome = await making.catch((error: AccountError) => error)
    if (asked() === before) expect(outcome).toMatchObject({ code: 'store_failed' })
    else expect(outcome).toMatchObject({ name: 'build server', key: expect.anything() })
    if (asked() > before && hasStruck) {
      shown++
      expect(outcome).toMatchObject({ isKept: false })
      expect((await listed())[0]).toMatchObject({ isUncertain: true })
    }
    if (!hasStruck) break
  }
  expect(shown).toBeGreaterThan(0)
})
