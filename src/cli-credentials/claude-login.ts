/**
 * The keys of Claude Code's files that belong to an account, and what they say for a login. Everything else in the files,
 * such as `mcpOAuth`, belongs to the machine and is never touched. Source: Claude Code 2.1.330, observed.
 */

import type { Identity } from '../oauth/identity.ts'
import { asId, asRecord, type JsonRecord, parseRecord } from './json-fields.ts'
import { layOut, layoutOf, readMembers, removeMember, setMember } from './json-object.ts'
import { isObject, withFields, withRaw } from './login-fields.ts'
import { packMembers, unpackMembers } from './login-members.ts'
import type { WritableLogin } from './writable-login.ts'

const LOGIN = 'claudeAiOauth'
const ACCOUNT_KEYS = [LOGIN, 'organizationUuid', 'trustedDeviceToken']
const COMPANION_KEY = 'oauthAccount'
/** Of the login itself, what comes from the grant; the rest is kept with the account. */
const GRANT_FIELDS = ['accessToken', 'refreshToken', 'expiresAt', 'refreshTokenExpiresAt', 'scopes', 'clientId']
/** Says that the CLI ended the login: never true of one that is written. */
const ENDED = 'loginEnded'
/** Kinds of subscription that the CLI knows. */
const SUBSCRIPTIONS = ['pro', 'max', 'team', 'enterprise']

/**
 * `.credentials.json` with a login. Its own login of the same account is changed in place, so that what the CLI keeps
 * beside the tokens stays; another account's is replaced as a whole.
 *
 * Shape: text of an object, without repeated names → the same
 */
export function withClaudeLogin(text: string, login: WritableLogin): string {
  const held = readMembers(text)
  const kept = unpackMembers(login)
  const current = held.get(LOGIN)
  const isSame = isObject(current) && isLoginOf(current, held.get('organizationUuid'), login)
  const fields = loginFields(login, isSame ? current : (kept.get(LOGIN) ?? '{}'))
  const withLogin = isSame ? setMember(text, LOGIN, fields) : withRaw(text, LOGIN, layOut(fields, layoutOf(text)))
  const namesOrganization = held.has('organizationUuid') || kept.has('organizationUuid')
  const organizationUuid = (namesOrganization && login.identity.organizationId) || undefined
  const withOrganization = withFields(withLogin, { organizationUuid })
  return isSame ? withOrganization : withRaw(withOrganization, 'trustedDeviceToken', kept.get('trustedDeviceToken'))
}

/** `.credentials.json` without a login: signed out, nothing ended. */
export function withoutClaudeLogin(text: string): string {
  return ACCOUNT_KEYS.reduce(removeMember, text)
}

/** `.claude.json` that names the account. The same account's entry stays: the CLI knows more of it than we do. */
export function withClaudeAccount(text: string, login: WritableLogin): string {
  const current = readMembers(text).get(COMPANION_KEY)
  if (isObject(current) && isAccountOf(parseRecord(current), login.identity)) return text
  const kept = unpackMembers(login).get(COMPANION_KEY) ?? '{}'
  const known = readMembers(kept)
  const { subject, organizationId, email, organizationName, displayName } = login.identity
  const names = { emailAddress: email, organizationName, displayName }
  const missing = Object.entries(names).filter(([name, value]) => value !== null && !known.has(name))
  const account = withFields(kept, {
    accountUuid: subject,
    organizationUuid: organizationId || undefined,
    ...Object.fromEntries(missing),
  })
  return withRaw(text, COMPANION_KEY, account)
}

/** `.claude.json` that names nobody. */
export function withoutClaudeAccount(text: string): string {
  return removeMember(text, COMPANION_KEY)
}

/** What the CLI keeps of this account in its files. */
export function claudeMembers(text: string, companion: string | null, identity: Identity) {
  const held = readMembers(text)
  const rest = [...GRANT_FIELDS, ENDED].reduce(removeMember, held.get(LOGIN)!)
  const account = companion === null ? undefined : readMembers(companion).get(COMPANION_KEY)
  return packMembers(
    identity,
    new Map([
      [LOGIN, readMembers(rest).size > 0 ? rest : undefined],
      ['organizationUuid', held.get('organizationUuid')],
      ['trustedDeviceToken', held.get('trustedDeviceToken')],
      [COMPANION_KEY, isObject(account) && isAccountOf(parseRecord(account), identity) ? account : undefined],
    ]),
  )
}

/** Fields without a value go: the CLI reads an absent one and null alike, and old ones would be of another login. */
function loginFields(login: WritableLogin, base: string): string {
  const known = readMembers(base)
  const { plan, rateLimitTier } = login.identity
  const named = (name: string, value: string | null) =>
    known.has(name) && known.get(name) !== 'null' ? {} : { [name]: value }
  return withFields(base, {
    accessToken: login.accessToken.reveal(),
    refreshToken: login.refreshToken?.reveal(),
    expiresAt: login.accessTokenExpiresAt ?? undefined,
    refreshTokenExpiresAt: login.loginExpiresAt ?? undefined,
    scopes: login.scopes,
    ...named('subscriptionType', SUBSCRIPTIONS.includes(plan ?? '') ? plan : null),
    ...named('rateLimitTier', rateLimitTier),
    clientId: login.clientId ?? undefined,
    accountUuid: login.identity.subject,
    organizationUuid: login.identity.organizationId || undefined,
    [ENDED]: undefined,
  })
}

/** By the file's own ids only: `.claude.json` can lag behind. A file without ids is known by its token. */
function isLoginOf(raw: string, organization: string | undefined, { identity, accessToken }: WritableLogin): boolean {
  const own = asRecord(JSON.parse(raw))!
  const subject = asId(own.accountUuid)
  if (subject === null) return typeof own.accessToken === 'string' && accessToken.equals(own.accessToken)
  const organizationId = asId(own.organizationUuid) ?? asId(JSON.parse(organization ?? 'null'))
  return isAccountOf({ accountUuid: subject, organizationUuid: organizationId }, identity)
}

function isAccountOf(account: JsonRecord | null, { subject, organizationId }: Identity): boolean {
  const organization = asId(account?.organizationUuid)
  return account?.accountUuid === subject && (organization === null || organization === organizationId)
}
