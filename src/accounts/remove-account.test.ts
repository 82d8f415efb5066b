/** Forgetting an account, and ending its login at the provider. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { keepCopies } from '../db/grant-copy-store.ts'
import { attempts, grants, inbox } from '../db/schema.ts'
import { Secret } from '../lib/secret.ts'
import { aCopy } from '../testing/a-copy.ts'
import { type ConnectedAccount, connectPerson, currentGrant } from '../testing/connected-account.ts'
import { settle } from '../testing/fake-clock.ts'
import { observeFileOf } from '../testing/observed-file.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { accountHistory } from './account-history.ts'
import { addToken } from './add-token.ts'
import type { AccountsContext } from './context.ts'
import { listAccounts } from './list-accounts.ts'
import { refreshGrant } from './refresh-grant.ts'
import { removeAccount } from './remove-account.ts'

let world: TestContext
let context: AccountsContext
let ada: ConnectedAccount

beforeEach(async () => {
  world = await createTestContext()
  context = world.context
  ada = await connectPerson(world)
})
afterEach(() => world.close())

describe('removeAccount', () => {
  const remove = (revoke: boolean, accountId = ada.accountId) =>
    removeAccount(context, accountId, { revoke, actor: 'browser' })

  test('forgets everything but the history, and asks nobody unless told', async () => {
    await refreshGrant(context, ada.accountId, { purpose: 'requested', actor: 'browser' })
    expect(await remove(false)).toMatchObject({ revocation: 'not_asked', provider: 'claude' })
    for (const table of [grants, attempts, inbox]) expect(await context.database.select().from(table)).toEqual([])
    expect((await accountHistory(context, ada.accountId))[0]!.kind).toBe('account.removed')
    expect(world.fake.ledger.count('claude.revoke')).toBe(0)
    await expect(remove(false)).rejects.toMatchObject({ code: 'account_not_found' })
  })

  test('revoked only when the provider said 200', async () => {
    expect(await remove(true)).toMatchObject({ revocation: 'confirmed', revocationCode: null })
    expect(ada.family.revokedAt).not.toBeNull()
  })

  test.each([
    [{ kind: 'status', status: 503 }, 'http_503'],
    [{ kind: 'drop_before' }, 'unreachable'],
  ] as const)('not confirmed yet: %j', async (fault, revocationCode) => {
    world.fake.faults.add({ endpoint: 'claude.revoke', fault })
    expect(await remove(true)).toMatchObject({ revocation: 'pending', revocationCode })
  })

  test('where there is no refresh token, the access token is ended', async () => {
    const { pair, family } = world.fake.grants.signIn(world.fake.person('brook'), 'any', ['user:inference'])
    const { id } = await addToken(context, {
      ...{ provider: 'claude', kind: 'access_token', accessToken: new Secret(pair.accessToken), actor: 'api' },
    })
    // A file without a refresh token is no copy of it.
    await observeFileOf(context, id, { refreshTokenFingerprint: null })
    expect(await remove(true, id)).toMatchObject({ revocation: 'confirmed' })
    expect(family.revokedAt).not.toBeNull()
  })

  test('a provider without revocation', async () => {
    const provider = { ...context.providers.get('claude')!, revocationUrl: null }
    context.providers = new Map([['claude', provider]])
    expect(await remove(true)).toMatchObject({ revocation: 'not_supported' })
  })

  test('a login that a CLI uses is not ended by one yes, and nothing is removed', async () => {
    const brook = await connectPerson(world, 'brook', {
      custody: 'cli',
      origin: 'link',
      request: { credentialPath: '/b' },
    })
    // A file of this machine would be looked at, and is not there.
    const { refreshTokenFingerprint } = await currentGrant(context, ada.accountId)
    await keepCopies(context.database, [
      aCopy({ accountId: ada.accountId, machineId: 'mac_laptop', refreshTokenFingerprint }),
    ])
    await expect(remove(true, brook.accountId)).rejects.toMatchObject({
      code: 'revoke_would_break_cli',
      params: { path: '/b' },
    })
    await expect(remove(true)).rejects.toMatchObject({ code: 'revoke_would_break_cli' })
    expect(world.fake.ledger.count('claude.revoke')).toBe(0)
    expect(await listAccounts(context)).toHaveLength(2)
    expect((await remove(false, brook.accountId)).revocation).toBe('not_asked')
  })

  test('waits for a refresh that is under way, and revokes what that brought', async () => {
    world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'delay', ms: 1_000 } })
    const pending = refreshGrant(context, ada.accountId, { purpose: 'requested', actor: 'browser' })
    await settle()
    const removal = remove(true)
    await world.clock.advance(1_000)
    expect((await pending).outcome).toBe('refreshed')
    expect((await removal).revocation).toBe('confirmed')
  })
})
