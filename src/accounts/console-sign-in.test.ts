/** Signing in to the Console: another address and scopes of the same provider, and never in the place of a wider login. */

import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectPerson } from '../testing/connected-account.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { beginAuthorization } from './authorizations.ts'
import { completeAuthorization } from './complete-authorization.ts'
import { getAccount } from './list-accounts.ts'
import { stopSignIns } from './sign-ins-under-way.ts'

let world: TestContext

beforeEach(async () => {
  world = await createTestContext()
})
afterEach(async () => {
  await stopSignIns(world.context)
  await world.close()
})

const begin = (request: Partial<Parameters<typeof beginAuthorization>[1]> = {}) =>
  beginAuthorization(world.context, {
    ...{ provider: 'claude', variant: 'console', browser: null, actor: 'api' },
    ...request,
  })

async function complete(person: string) {
  const begun = await begin()
  const { shown } = await world.fake.consent(begun.authorizationUrl, person)
  return completeAuthorization(world.context, {
    ...{ authorizationId: begun.id, response: shown, browser: null, actor: 'api' },
  })
}

test('a variant that the provider does not have is refused, and so is its CLI', async () => {
  await expect(begin({ variant: 'nowhere' })).rejects.toMatchObject({ code: 'method_not_offered' })
  await expect(begin({ provider: 'codex' })).rejects.toMatchObject({ code: 'method_not_offered' })
  await expect(begin({ method: 'cli_profile' })).rejects.toMatchObject({ code: 'method_not_offered' })
})

test('the Console has its own address and asks for less', async () => {
  const begun = await begin()
  const url = new URL(begun.authorizationUrl)
  expect(url.origin + url.pathname).toBe('https://platform.claude.com/oauth/authorize')
  expect(url.searchParams.get('scope')).toBe('org:create_api_key user:profile')
  expect(begun).toMatchObject({ variant: 'console', method: 'paste', methods: ['paste', 'callback'] })
  const usual = await begin({ variant: undefined })
  expect(new URL(usual.authorizationUrl).pathname).toBe('/cai/oauth/authorize')
})

test('a browser has one of each kind under way', async () => {
  const browser = 'browser-one'
  const console = await begin({ browser })
  const usual = await begin({ browser, variant: undefined })
  expect(usual.id).not.toBe(console.id)
  expect((await begin({ browser })).id).toBe(console.id)
})

test('the login that it brings may make keys', async () => {
  const { id } = await complete('ada')
  expect(await getAccount(world.context, id)).toMatchObject({
    email: 'ada@example.com',
    scopes: ['org:create_api_key', 'user:profile'],
    custody: 'dashboard',
  })
})

test('it does not take the place of a login that may do more', async () => {
  const { accountId } = await connectPerson(world)
  await expect(complete('ada')).rejects.toMatchObject({ code: 'login_narrower' })
  expect((await getAccount(world.context, accountId)).scopes).toContain('user:inference')
})
