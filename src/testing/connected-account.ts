/** An account that is signed in at the fake provider and stored, in one line: where most tests of the domain begin. */

import type { Custody } from '../accounts/account-summary.ts'
import { type ConnectRequest, connectAccount } from '../accounts/connect-account.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { findCurrentGrant, type GrantRow } from '../db/grant-store.ts'
import { Secret } from '../lib/secret.ts'
import type { FakeFamily, FakeGrantRules } from './fake-grants.ts'
import type { TestContext } from './test-context.ts'

export interface ConnectedAccount {
  accountId: string
  /** The login as the provider knows it. */
  family: FakeFamily
}

export interface ConnectOptions {
  custody?: Custody
  origin?: string
  lifetimes?: Partial<Pick<FakeGrantRules, 'accessTokenLifetimeMs' | 'loginLifetimeMs'>>
  request?: Partial<ConnectRequest>
  context?: AccountsContext
}

/** Signs in a person of the fake provider and connects the grant. */
export async function connectPerson(
  world: Pick<TestContext, 'context' | 'fake'>,
  name = 'ada',
  options: ConnectOptions = {},
): Promise<ConnectedAccount> {
  const { context = world.context, custody = 'dashboard', origin = 'callback' } = options
  const person = world.fake.person(name)
  const provider = context.providers.get(person.provider)!
  const { family, pair } = world.fake.grants.signIn(person, provider.clientId, [...provider.scopes], options.lifetimes)
  const { accountId } = await connectAccount(context, {
    provider,
    tokens: {
      accessToken: new Secret(pair.accessToken),
      refreshToken: pair.refreshToken === null ? null : new Secret(pair.refreshToken),
      idToken: null,
      scopes: [...provider.scopes],
      accessTokenExpiresAt: pair.accessTokenExpiresAt,
      loginExpiresAt: family.loginEndsAt,
    },
    identity: {
      subject: person.subject,
      organizationId: person.organizationId,
      organizationName: person.organizationName,
      email: person.email,
      displayName: person.displayName,
      plan: null,
      rateLimitTier: null,
    },
    custody,
    origin,
    actor: 'browser',
    ...options.request,
  })
  return { accountId, family }
}

/** The grant of an account as it is stored now. */
export async function currentGrant(context: AccountsContext, accountId: string): Promise<GrantRow> {
  const grant = await findCurrentGrant(context.database, accountId)
  if (!grant) throw new Error(`no grant for ${accountId}`)
  return grant
}
