/**
 * One login in a JSON file of another tool, which may hold many: what the members mean that such files share. Judges
 * values only; opens nothing.
 */

import { readClaims } from '../lib/jwt-claims.ts'
import { Secret } from '../lib/secret.ts'
import { CLIS } from './clis/index.ts'
import {
  AUTH_CLAIM,
  expiryOf,
  readIdentity as readCodexIdentity,
  readInstant,
  readScopes,
} from './codex-credentials.ts'
import type { CliName, CredentialJudgement } from './credential-file.ts'
import { asId, asInstant, asName, asNames, asText, type JsonRecord } from './json-fields.ts'

/** What an entry came to, and which CLI's kind of login it is; null where it is that of nobody known here. */
export interface EntryReading {
  cli: CliName | null
  judgement: CredentialJudgement
}

/** Of a provider that is not known here: nothing is said of it. */
export const NOBODYS_LOGIN: EntryReading = { cli: null, judgement: { state: 'unusable' } }

/** A file's members under the names that they have here. */
export interface EntryMembers {
  access: unknown
  refresh?: unknown
  id?: unknown
  expires?: unknown
  accountId?: unknown
  email?: unknown
  clientId?: unknown
  scopes?: unknown
}

/** The CLI whose provider a tool means by a name such as `openai-codex` or `anthropic:work`; null when by none. */
export function cliNamed(name: unknown): CliName | null {
  const [first = ''] = typeof name === 'string' ? name.toLowerCase().split(/[:/@]/, 1) : []
  const plain = first.replaceAll('_', '-')
  return Object.values(CLIS).find(({ namesInTools }) => namesInTools.test(plain))?.name ?? null
}

/**
 * Judges an entry's tokens. Members of a wrong type are `unusable`, empty tokens are `blanked`.
 *
 * Shape:  `named`: whom the file says that the login is of; else the tokens themselves may tell
 * Errors: none; total
 */
export function judgeEntryTokens(members: EntryMembers, named: CliName | null): EntryReading {
  const tokens = [members.access, members.refresh, members.id]
  const isReadable = tokens.every((token) => isNothing(token) || typeof token === 'string')
  const expiresAt = instantOf(members.expires)
  if (!isReadable || isNothing(members.access) || expiresAt === undefined) {
    return { cli: named, judgement: { state: 'unusable' } }
  }
  const access = asText(members.access)
  if (access === null) return { cli: named, judgement: { state: 'blanked' } }
  const accessToken = new Secret(access)
  const [refresh, id] = [asText(members.refresh), asText(members.id)]
  const claims = readClaims(accessToken)
  const idToken = id === null ? null : new Secret(id)
  const cli = named ?? cliOfTokens(access, claims)
  const scopes = scopesOf(members.scopes) ?? (claims && readScopes(claims)) ?? []
  return {
    cli,
    judgement: {
      state: 'live',
      tokens: {
        accessToken,
        refreshToken: refresh === null ? null : new Secret(refresh),
        idToken,
        scopes,
        accessTokenExpiresAt: expiresAt ?? expiryOf(claims),
        loginExpiresAt: null,
        clientId: asId(members.clientId),
        lastRefreshAt: null,
      },
      identity: cli === 'codex' ? identityOf((idToken && readClaims(idToken)) ?? claims, members) : null,
      warnings: scopes.length === 0 ? ['scopes_untold'] : [],
    },
  }
}

/** Tokens of both providers say themselves whose they are: by a claim, or by how they begin. */
function cliOfTokens(access: string, claims: JsonRecord | null): CliName | null {
  if (claims !== null && AUTH_CLAIM in claims) return 'codex'
  return access.startsWith('sk-ant-oat') ? 'claude' : null
}

function identityOf(claims: JsonRecord | null, { accountId, email }: EntryMembers) {
  const identity = claims && readCodexIdentity(claims, { account_id: accountId })
  return identity && { ...identity, email: identity.email ?? asName(email) }
}

function isNothing(value: unknown): value is undefined | null {
  return value === undefined || value === null
}

/** Seconds, milliseconds or RFC 3339; null when nothing or nothing sensible is said, undefined for another type. */
function instantOf(value: unknown): number | null | undefined {
  if (isNothing(value)) return null
  if (typeof value === 'number') return asInstant(value)?.at ?? null
  if (typeof value !== 'string') return undefined
  return readInstant(value) ?? asInstant(/^\d+(\.\d+)?$/.test(value) ? Number(value) : null)?.at ?? undefined
}

function scopesOf(value: unknown): string[] | null {
  const names = asNames(value) ?? asName(value)?.split(/[ ,]+/) ?? []
  return names.length > 0 ? names : null
}
