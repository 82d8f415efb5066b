/** How events become links of the chain: what is put into a MAC, and the head after it. Stores nothing. */

import type { StoredEvent } from '../db/audit-store.ts'
import { type AuditHead, sealAuditHead } from '../vault/audit-head.ts'
import type { Vault } from '../vault/vault.ts'

/** The next links of a chain, and its sealed head after them. Shape: at least one event, in the order of their ids */
export function linkEvents(
  vault: Pick<Vault, 'chain' | 'seal'>,
  head: AuditHead,
  events: readonly StoredEvent[],
): { links: { id: number; mac: string }[]; headAfter: string } {
  let { mac } = head
  const links = events.map((event) => {
    mac = vault.chain(mac, canonicalText(event))
    return { id: event.id, mac }
  })
  const lastId = links.at(-1)!.id
  return { links, headAfter: sealAuditHead(vault, { lastId, count: head.count + links.length, mac }) }
}

/** One text for one event: a JSON array has one reading, whatever is in its strings. */
export function canonicalText({ id, at, accountId, kind, actor, details }: StoredEvent): string {
  return JSON.stringify([id, at, accountId, kind, actor, details])
}
