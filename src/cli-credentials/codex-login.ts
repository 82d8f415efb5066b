/**
 * The keys of codex's `auth.json` that belong to an account, and what they say for a login. Other logins in it (an API key,
 * a personal access token, Bedrock) and unknown keys are the machine's. Source: codex 0.169.0, observed.
 */

import type { Identity } from '../oauth/identity.ts'
import { isAccountMode, judgeCodexCredentials, readInstant } from './codex-credentials.ts'
import { asRecord, asText, parseRecord } from './json-fields.ts'
import { layOut, layoutOf, readMembers, removeMember, setMember } from './json-object.ts'
import { isObject, withFields, withRaw } from './login-fields.ts'
import { packMembers, unpackMembers } from './login-members.ts'
import type { WritableLogin } from './writable-login.ts'

const TOKENS = 'tokens'
const API_KEY = 'OPENAI_API_KEY'
/** Of the tokens, what comes from the grant; `oauth_provenance` and `login_owner_id` are kept with the account. */
const GRANT_FIELDS = ['id_token', 'access_token', 'refresh_token', 'account_id']

/**
 * `auth.json` with a login. The same account's is changed in place; another's is replaced as a whole.
 *
 * Shape: text of an object, without repeated names → the same
 */
export function withCodexLogin(text: string, login: WritableLogin): string {
  const held = readMembers(text)
  const kept = unpackMembers(login)
  const current = held.get(TOKENS)
  const isSame = isObject(current) && isLoginOf(text, login.identity)
  const tokens = withFields(isSame ? current : (kept.get(TOKENS) ?? '{}'), {
    id_token: login.idToken?.reveal(),
    access_token: login.accessToken.reveal(),
    refresh_token: login.refreshToken?.reveal() ?? '',
    account_id: login.identity.organizationId || undefined,
  })
  const withMode = withFields(text, { auth_mode: 'chatgpt' })
  const withKey = isSame && held.has(API_KEY) ? withMode : withRaw(withMode, API_KEY, keyBeside(text, kept))
  const withTokens = isSame
    ? setMember(withKey, TOKENS, tokens)
    : withRaw(withKey, TOKENS, layOut(tokens, layoutOf(withKey)))
  return withFields(withTokens, { last_refresh: lastRefresh(text, isSame, login) })
}

/**
 * `auth.json` without a login of an account. Codex calls a file of no tokens signed in all the same, so a file in which
 * nothing else is left should go.
 */
export function withoutCodexLogin(text: string): string {
  const root = parseRecord(text)!
  const others = isAccountMode(root) ? ['auth_mode', API_KEY] : []
  return [TOKENS, 'last_refresh', ...others].reduce(removeMember, text)
}

/** What codex keeps of this account in its file. */
export function codexMembers(text: string, identity: Identity) {
  const held = readMembers(text)
  const rest = GRANT_FIELDS.reduce(removeMember, held.get(TOKENS)!)
  const key = held.get(API_KEY)
  return packMembers(
    identity,
    new Map([
      [TOKENS, readMembers(rest).size > 0 ? rest : undefined],
      [API_KEY, key === 'null' ? undefined : key],
    ]),
  )
}

/**
 * A key that stands beside an account's tokens was made for that account and goes with it. One in a file of another mode
 * is a login of its own and stays, without effect while `auth_mode` names the account. Always written, as codex does.
 */
function keyBeside(text: string, kept: ReadonlyMap<string, string>): string {
  const root = parseRecord(text)!
  const isOfAnAccount = isAccountMode(root) && asRecord(root.tokens) !== null
  const own = kept.get(API_KEY)
  if (own !== undefined || isOfAnAccount || asText(root[API_KEY]) === null) return own ?? 'null'
  return JSON.stringify(root[API_KEY])
}

/** A token that stays keeps its date, to the nanosecond. */
function lastRefresh(text: string, isSame: boolean, login: WritableLogin): string {
  const root = parseRecord(text)!
  const written = asText(root.last_refresh)
  const isToken = login.accessToken.equals(asText(asRecord(root.tokens)?.access_token) ?? '')
  return isSame && isToken && readInstant(written) !== null ? written! : new Date(login.issuedAt).toISOString()
}

/** By the claims of the file's own id token. */
function isLoginOf(text: string, { subject, organizationId }: Identity): boolean {
  const judgement = judgeCodexCredentials(text)
  const identity = judgement.state === 'live' ? judgement.identity : null
  return identity?.subject === subject && identity.organizationId === organizationId
}
