/**
 * What a `.credentials.json` of Claude Code says, and the `.claude.json` beside it. Judges text only; opens nothing.
 * Source: Claude Code 2.1.330, observed.
 */

import { Secret } from '../lib/secret.ts'
import type { Identity } from '../oauth/identity.ts'
import type { CredentialJudgement, CredentialWarning } from './credential-file.ts'
import { asId, asInstant, asName, asNames, asRecord, asText, type JsonRecord, parseRecord } from './json-fields.ts'

/** Without this scope Claude Code does not count a stored login as one. */
export const REQUIRED_SCOPE = 'user:inference'

/**
 * Judges the text of a credential file.
 *
 * Shape:  text of both files, null where there is none → judgement. Layouts that Claude Code does not read (flat, snake
 *   case, only neighbours such as `mcpOauth`) hold no login: `blanked`, or `api_key` when the companion names a key
 * Errors: none; total
 */
export function judgeClaudeCredentials(text: string | null, companionText: string | null): CredentialJudgement {
  const root = parseRecord(text)
  if (root === null) return { state: 'torn' }
  const companion = parseRecord(companionText)
  const login = asRecord(root.claudeAiOauth)
  if (login === null) return { state: hasApiKey(companion) ? 'api_key' : 'blanked' }
  const accessToken = asText(login.accessToken)
  if (accessToken === null) return { state: 'blanked' }

  const refreshToken = asText(login.refreshToken)
  const scopes = asNames(login.scopes)
  const expiry = asInstant(login.expiresAt)
  const loginEnd = asInstant(login.refreshTokenExpiresAt)
  const { identity, mayLag } = readIdentity(root, login, asRecord(companion?.oauthAccount))
  const warnings: CredentialWarning[] = []
  if (!scopes?.includes(REQUIRED_SCOPE)) warnings.push('scopes_missing')
  if (expiry === null) warnings.push('never_refreshed')
  if (expiry?.wasSeconds || loginEnd?.wasSeconds) warnings.push('expiry_in_seconds')
  if (mayLag) warnings.push('identity_may_lag')
  return {
    state: 'live',
    tokens: {
      accessToken: new Secret(accessToken),
      refreshToken: refreshToken === null ? null : new Secret(refreshToken),
      idToken: null,
      scopes: scopes ?? [],
      accessTokenExpiresAt: expiry?.at ?? null,
      loginExpiresAt: loginEnd?.at ?? null,
      clientId: asId(login.clientId),
      lastRefreshAt: null,
    },
    identity,
    warnings,
  }
}

/** True when `.claude.json` says that somebody is signed in: then a missing credential file means another store. */
export function companionNamesLogin(companionText: string | null): 'account' | 'api_key' | null {
  const companion = parseRecord(companionText)
  if (asText(asRecord(companion?.oauthAccount)?.accountUuid) !== null) return 'account'
  return hasApiKey(companion) ? 'api_key' : null
}

function hasApiKey(companion: JsonRecord | null): boolean {
  return asText(companion?.primaryApiKey) !== null
}

/**
 * The credential file's own ids come first: after a switch of that file alone, `.claude.json` still names the account
 * that was there before. Its e-mail and names are used only where it does not contradict those ids.
 */
function readIdentity(
  root: JsonRecord,
  login: JsonRecord,
  companion: JsonRecord | null,
): { identity: Identity | null; mayLag: boolean } {
  const own = {
    subject: asId(login.accountUuid),
    organizationId: asId(login.organizationUuid) ?? asId(root.organizationUuid),
  }
  const beside = { subject: asId(companion?.accountUuid), organizationId: asId(companion?.organizationUuid) }
  const contradicts = differs(own.subject, beside.subject) || differs(own.organizationId, beside.organizationId)
  const usable = contradicts ? null : companion
  const subject = own.subject ?? (usable && beside.subject)
  if (subject === null) return { identity: null, mayLag: false }
  const organizationId = own.organizationId ?? (usable && beside.organizationId)
  return {
    identity: {
      subject,
      organizationId: organizationId ?? '',
      organizationName: asName(usable?.organizationName),
      email: asName(usable?.emailAddress),
      displayName: asName(usable?.displayName) ?? asName(usable?.fullName),
      plan: asName(login.subscriptionType),
      rateLimitTier: asName(login.rateLimitTier),
    },
    mayLag: own.subject === null || own.organizationId === null,
  }
}

function differs(left: string | null, right: string | null): boolean {
  return left !== null && right !== null && left !== right
}
