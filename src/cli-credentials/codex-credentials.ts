/**
 * What an `auth.json` of codex says, and the one line of its `config.toml` that decides where logins are kept. Judges
 * text only; opens nothing. Source: codex 0.169.0, observed.
 */

import { readClaims } from '../lib/jwt-claims.ts'
import { Secret } from '../lib/secret.ts'
import type { Identity } from '../oauth/identity.ts'
import type { CredentialJudgement, CredentialWarning } from './credential-file.ts'
import { asId, asName, asNames, asRecord, asText, type JsonRecord, parseRecord } from './json-fields.ts'

/** Modes that codex knows; any other makes it refuse the file. */
const ACCOUNT_MODES = ['chatgpt', 'chatgptAuthTokens']
const OTHER_MODES = ['apikey', 'headers', 'agentIdentity', 'personalAccessToken', 'bedrockApiKey']

/** The claim in which OpenAI's tokens tell of the account. */
export const AUTH_CLAIM = 'https://api.openai.com/auth'
const PROFILE_CLAIM = 'https://api.openai.com/profile'

/**
 * Judges the text of an `auth.json`. What codex's own parser refuses is `torn`; a mode without tokens of an account
 * (API key, personal access token, Bedrock, agent identity) is `api_key`.
 *
 * Shape:  text, null when it could not be read whole → judgement
 * Errors: none; total
 */
export function judgeCodexCredentials(text: string | null): CredentialJudgement {
  const root = parseRecord(text)
  if (root === null || !hasReadableTop(root)) return { state: 'torn' }
  if (!isAccountMode(root)) return { state: 'api_key' }
  if (root.tokens === null || root.tokens === undefined) return { state: 'blanked' }
  const tokens = asRecord(root.tokens)
  if (tokens === null || !hasReadableTokens(tokens)) return { state: 'torn' }
  const idToken = new Secret(tokens.id_token as string)
  const claims = readClaims(idToken)
  if (claims === null) return { state: 'torn' }
  const accessToken = asText(tokens.access_token)
  if (accessToken === null) return { state: 'blanked' }

  const refreshToken = asText(tokens.refresh_token)
  const lastRefreshAt = readInstant(root.last_refresh)
  const access = readClaims(new Secret(accessToken))
  const warnings: CredentialWarning[] = []
  if (lastRefreshAt === null) warnings.push('never_refreshed')
  if (asText(tokens.account_id) === null) warnings.push('no_account_id')
  return {
    state: 'live',
    tokens: {
      accessToken: new Secret(accessToken),
      refreshToken: refreshToken === null ? null : new Secret(refreshToken),
      idToken,
      scopes: readScopes(access),
      accessTokenExpiresAt: expiryOf(access),
      loginExpiresAt: null,
      clientId: asId(asRecord(tokens.oauth_provenance)?.client_id),
      lastRefreshAt,
    },
    identity: readIdentity(claims, tokens),
    warnings,
  }
}

/**
 * True when `config.toml` sends logins to the system's keyring (`keyring`, or `auto`, which prefers it). Only the
 * top level of the file counts.
 */
export function keepsLoginInKeyring(configText: string | null): boolean {
  if (configText === null) return false
  const topLevel = configText.split(/^[ \t]*\[/m, 1)[0]!
  const setting = /^[ \t]*["']?cli_auth_credentials_store["']?[ \t]*=[ \t]*["']([a-z]+)["'][ \t]*(?:#.*)?\r?$/m
  return ['keyring', 'auto'].includes(setting.exec(topLevel)?.[1] ?? '')
}

function hasReadableTop(root: JsonRecord): boolean {
  const { auth_mode: mode, OPENAI_API_KEY: key, last_refresh: last } = root
  const isKnownMode = mode === undefined || mode === null || [...ACCOUNT_MODES, ...OTHER_MODES].includes(mode as string)
  return isKnownMode && isTextOrNothing(key) && (last === undefined || last === null || readInstant(last) !== null)
}

/** Without a mode, codex takes the first of these that is there, also when account tokens stand beside it. */
export function isAccountMode(root: JsonRecord): boolean {
  const mode = asText(root.auth_mode)
  if (mode !== null) return ACCOUNT_MODES.includes(mode)
  const others = [root.personal_access_token, root.bedrock_api_key, root.OPENAI_API_KEY]
  return others.every((other) => other === undefined || other === null)
}

function hasReadableTokens(tokens: JsonRecord): boolean {
  const required = [tokens.id_token, tokens.access_token, tokens.refresh_token]
  return required.every((value) => typeof value === 'string') && isTextOrNothing(tokens.account_id)
}

function isTextOrNothing(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'string'
}

/** RFC 3339 with any number of fractional digits, as codex writes nine of them. */
export function readInstant(value: unknown): number | null {
  if (typeof value !== 'string') return null
  if (!/^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/.test(value)) return null
  const at = Date.parse(
    value
      .replace(/(\.\d{3})\d+/, '$1')
      .replace(' ', 'T')
      .toUpperCase(),
  )
  return Number.isNaN(at) ? null : at
}

/** RFC 7519 §4.1.4: seconds since the epoch. */
export function expiryOf(access: JsonRecord | null): number | null {
  const seconds = access?.exp
  return typeof seconds === 'number' && seconds > 0 && seconds < 1e10 ? Math.floor(seconds * 1000) : null
}

/** The scopes that an access token names. */
export function readScopes(access: JsonRecord | null): string[] {
  return asNames(access?.scp) ?? asName(access?.scope)?.split(' ') ?? []
}

/** Whose login it is by the claims of a token; null when they do not say. */
export function readIdentity(claims: JsonRecord, tokens: JsonRecord): Identity | null {
  const auth = asRecord(claims[AUTH_CLAIM])
  const subject = asId(auth?.chatgpt_user_id) ?? asId(auth?.user_id) ?? asId(claims.sub)
  if (subject === null) return null
  return {
    subject,
    organizationId: asId(auth?.chatgpt_account_id) ?? asId(tokens.account_id) ?? '',
    organizationName: null,
    email: asName(claims.email) ?? asName(asRecord(claims[PROFILE_CLAIM])?.email),
    displayName: asName(claims.name),
    plan: asName(auth?.chatgpt_plan_type),
    rateLimitTier: null,
  }
}
