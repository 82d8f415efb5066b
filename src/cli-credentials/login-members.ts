/**
 * What a CLI keeps beside an account's tokens for that account alone, as one text: raw JSON under the names of the files'
 * own keys, and whose it is. Numbers and texts stay exactly as the CLI wrote them.
 */

import { Secret } from '../lib/secret.ts'
import type { Identity } from '../oauth/identity.ts'
import { compactJson, readMembers, setMember } from './json-object.ts'
import type { WritableLogin } from './writable-login.ts'

type Owner = Pick<Identity, 'subject' | 'organizationId'>

/** Packs raw JSON by name. Null when there is nothing. */
export function packMembers({ subject, organizationId }: Owner, parts: Map<string, string | undefined>): Secret | null {
  const known = [...parts].filter((part): part is [string, string] => part[1] !== undefined)
  if (known.length === 0) return null
  const start = setMember('{}', 'of', JSON.stringify([subject, organizationId]))
  return new Secret(known.reduce((text, [name, raw]) => setMember(text, name, compactJson(raw)), start))
}

/** The raw JSON by name. Empty when it was kept of another account: what is another's never goes into a file of this one. */
export function unpackMembers({ identity, members }: WritableLogin): ReadonlyMap<string, string> {
  if (members === null) return new Map()
  const parts = readMembers(members.reveal())
  const [subject, organizationId] = JSON.parse(parts.get('of') ?? '[]') as string[]
  const isOwn = subject === identity.subject && (!organizationId || organizationId === identity.organizationId)
  return isOwn ? parts : new Map()
}
