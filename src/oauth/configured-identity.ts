/**
 * Who a grant of an own provider belongs to: members of the id_token or of the profile, named in the configuration.
 */

import { readClaims } from '../lib/jwt-claims.ts'
import { asId, asRecord, asText } from './foreign-members.ts'
import type { Identity } from './identity.ts'
import type { TokenSet } from './token-set.ts'

/** Where an identity is read, and the path of each member; dots lead into objects, `''` means that there is none. */
export interface IdentitySource {
  from: 'id_token' | 'profile'
  subject: string
  organizationId: string
  organizationName: string
  email: string
  displayName: string
  plan: string
  rateLimitTier: string
}

/** Source: OpenID Connect Core §2 (`sub`), §5.1 (the standard claims) */
export const STANDARD_IDENTITY: IdentitySource = {
  from: 'id_token',
  subject: 'sub',
  organizationId: '',
  organizationName: '',
  email: 'email',
  displayName: 'name',
  plan: '',
  rateLimitTier: '',
}

/**
 * A reader for `Provider.readIdentity`.
 *
 * Errors: none; null when there is no such document or no subject in it
 */
export function identityReader(source: IdentitySource): (tokens: TokenSet, profile: unknown) => Identity | null {
  return (tokens, profile) => {
    const document =
      source.from === 'profile' ? asRecord(profile) : ((tokens.idToken && readClaims(tokens.idToken)) ?? {})
    const subject = asId(member(document, source.subject))
    if (subject === null) return null
    return {
      subject,
      organizationId: asId(member(document, source.organizationId)) ?? '',
      organizationName: asText(member(document, source.organizationName)),
      email: asText(member(document, source.email)),
      displayName: asText(member(document, source.displayName)),
      plan: asText(member(document, source.plan)),
      rateLimitTier: asText(member(document, source.rateLimitTier)),
    }
  }
}

const readIdTokenIdentity = identityReader(STANDARD_IDENTITY)
const readUserinfoIdentity = identityReader({ ...STANDARD_IDENTITY, from: 'profile' })

/**
 * The identity where nothing is configured: the id_token's standard claims, else those of an OpenID userinfo answer, whose
 * `sub` is the same.
 *
 * Source: OpenID Connect Core §5.3.2
 */
export function readStandardIdentity(tokens: TokenSet, profile: unknown): Identity | null {
  return readIdTokenIdentity(tokens, profile) ?? readUserinfoIdentity(tokens, profile)
}

/** The member with exactly this name (claims may be addresses with dots), else the one that the dots lead to. */
function member(document: Record<string, unknown>, path: string): unknown {
  if (path === '' || Object.hasOwn(document, path)) return document[path]
  return path.split('.').reduce<unknown>((value, name) => {
    const record = asRecord(value)
    return Object.hasOwn(record, name) ? record[name] : undefined
  }, document)
}
