/**
 * Gives a database a new key when the old one is lost or known to others. What was sealed with the old one is given up:
 * every login has to be signed in to again. Accounts, labels and history stay.
 */

import type { Database } from '../db/client.ts'
import { countSealedLogins, type SealedLogins, writeKeyReset } from '../db/key-reset-store.ts'
import { AUDIT_HEAD_NAME, CHAIN_START, sealAuditHead } from './audit-head.ts'
import { sealEnvelope } from './envelope.ts'
import { keyringWorks } from './key-keyring.ts'
import { type KeyPlaces, keepKey, keyringOf } from './key-places.ts'
import { KeyRefusal } from './key-refusal.ts'
import { newMasterKey, subKey } from './keys.ts'
import { describeKey, PINNED_KEY_NAME, type PinnedKey, readPinnedKey } from './pinned-key.ts'
import type { KeySource, Vault } from './vault.ts'

export interface ResetOptions extends KeyPlaces {
  database: Database
  /** Who asked, for the history. */
  actor: string
}

/** What a reset would give up. `keyId` is null where the database does not say which key it was made with. */
export interface ResetForecast extends SealedLogins {
  keyId: string | null
}

/** Errors: StoreError */
export async function forecastReset(database: Database): Promise<ResetForecast> {
  const pinned = await readPinnedIfAny(database)
  return { keyId: pinned?.id ?? null, ...(await countSealedLogins(database)) }
}

/** What a reset came to. `place` is where the new key is; a path for a file. */
export interface KeyReset extends ResetForecast {
  newKeyId: string
  source: KeySource
  place: string
  /** Where the former key was set aside to, when one lay in the place. */
  setAside: string | null
}

/**
 * Makes a new key in the place of the old one, or where TOKENDECK_KEY_SOURCE says, and gives up what the old one sealed.
 *
 * Errors: KeyRefusal, StoreError, with nothing changed
 */
export async function resetKey(options: ResetOptions): Promise<KeyReset> {
  const { database, random, clock, actor } = options
  const pinned = await readPinnedIfAny(database)
  const losses = await countSealedLogins(database)
  const source = await sourceOf(options, pinned)
  const key = newMasterKey(random)
  // The key is durable before the database names it.
  const kept = await keepKey(options, source, key)
  const now = clock.now()
  const next = describeKey(key, { source, wrapped: kept.wrapped, since: now }, random)
  const keyId = pinned?.id ?? null
  const envelopeKey = subKey(key, 'envelopes')
  const seal: Vault['seal'] = (place, secret) => sealEnvelope(envelopeKey, next.id, random, place, secret.reveal())
  try {
    await writeKeyReset(database, {
      pinned: { name: PINNED_KEY_NAME, value: JSON.stringify(next) },
      refusalCode: 'key_reset',
      event: { at: now, actor, kind: 'key.reset', details: { from: keyId, to: next.id } },
      auditHead: { name: AUDIT_HEAD_NAME, value: sealAuditHead({ seal }, CHAIN_START) },
    })
  } catch (error) {
    kept.undo()
    throw error
  }
  const place = source === 'file' ? options.keyFile : source
  return { keyId, ...losses, newKeyId: next.id, source, place, setAside: kept.setAside }
}

/** Where it was, unless told; as at a first start where the database does not say. */
async function sourceOf(options: ResetOptions, pinned: PinnedKey | null): Promise<KeySource> {
  if (options.keySource !== 'auto') return options.keySource
  if (pinned) return pinned.source
  return (await keyringWorks(keyringOf(options), options.random, options.clock)) ? 'keyring' : 'file'
}

/** A damaged note about the old key is no reason to keep it. */
async function readPinnedIfAny(database: Database): Promise<PinnedKey | null> {
  try {
    return await readPinnedKey(database)
  } catch (error) {
    if (error instanceof KeyRefusal) return null
    throw error
  }
}
