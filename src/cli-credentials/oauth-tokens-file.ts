/**
 * `oauth_tokens.json`: a map of name → tokens, as older tools write it in several spellings. Judges values only.
 * Source: members of a token answer (RFC 6749 §5.1) with `expires_at` beside them, in snake case, camel case, or short
 */

import { asRecord, asText, type JsonRecord } from './json-fields.ts'
import { cliNamed, type EntryReading, judgeEntryTokens } from './token-entry.ts'
import type { TokenFileFormat } from './token-file.ts'

const SPELLINGS = {
  access: ['access_token', 'accessToken', 'access'],
  refresh: ['refresh_token', 'refreshToken', 'refresh'],
  id: ['id_token', 'idToken'],
  expires: ['expires_at', 'expiresAt', 'expires', 'expiry', 'expiry_date'],
  accountId: ['account_id', 'accountId'],
  email: ['email'],
  clientId: ['client_id', 'clientId'],
  scopes: ['scopes', 'scope'],
} as const

export const oauthTokensFile: TokenFileFormat = {
  id: 'oauth-tokens',
  fileName: 'oauth_tokens.json',
  tool: (path) => /[/\\]\.?([a-z][a-z0-9-]{1,30})[/\\][^/\\]+$/i.exec(path)?.[1] ?? null,
  isForm: (root) =>
    Object.values(root).some((value) => {
      const entry = asRecord(value)
      return entry !== null && SPELLINGS.access.some((name) => asText(entry[name]) !== null)
    }),
  entries: (root) => root,
  judge(name, entry): EntryReading {
    const members = Object.fromEntries(
      Object.entries(SPELLINGS).map(([member, names]) => [member, firstOf(entry, names)]),
    ) as Record<keyof typeof SPELLINGS, unknown>
    return judgeEntryTokens(members, cliNamed(entry.provider) ?? cliNamed(name))
  },
}

function firstOf(entry: JsonRecord, names: readonly string[]): unknown {
  const name = names.find((each) => entry[each] !== undefined)
  return name === undefined ? undefined : entry[name]
}
