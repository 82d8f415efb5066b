/**
 * The head of the audit chain: how far it goes and where it ends. Sealed, because whoever could write it could cut the
 * end of the chain off unseen. Knows no event.
 */

import { Secret } from '../lib/secret.ts'
import type { SealedPlace, Vault } from './vault.ts'

/** Its row in `meta`. */
export const AUDIT_HEAD_NAME = 'audit_head'

/** Where it belongs. */
export const AUDIT_HEAD_PLACE: SealedPlace = {
  table: 'meta',
  column: AUDIT_HEAD_NAME,
  owner: 'audit_events',
  generation: 0,
}

export interface AuditHead {
  /** The id of the last event in the chain; 0 before the first. */
  lastId: number
  /** How many events the chain has. */
  count: number
  /** The MAC of the last event; empty before the first. */
  mac: string
}

/** Where every chain begins. */
export const CHAIN_START: AuditHead = { lastId: 0, count: 0, mac: '' }

/** The head of the chained history, sealed, as it is kept. */
export function sealAuditHead(vault: Pick<Vault, 'seal'>, { lastId, count, mac }: AuditHead): string {
  return vault.seal(AUDIT_HEAD_PLACE, new Secret(JSON.stringify([lastId, count, mac])))
}

/** Null when it does not open with this key, or was changed. */
export function openAuditHead(vault: Pick<Vault, 'open'>, sealed: string): AuditHead | null {
  try {
    const [lastId, count, mac] = JSON.parse(vault.open(AUDIT_HEAD_PLACE, sealed).reveal()) as [number, number, string]
    return { lastId, count, mac }
  } catch {
    return null
  }
}
