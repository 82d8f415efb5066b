/**
 * Envelopes: AES-256-GCM with the place an envelope belongs to as associated data. Knows no database and no key source.
 *
 * An envelope is `v1.<key id>.<nonce>.<ciphertext and tag>`, the last two in base64url. Source: NIST SP 800-38D.
 */

import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Random } from '../lib/random.ts'
import type { SealedPlace } from './vault.ts'

const APP = 'tokendeck'
const VERSION = 'v1'
const CIPHER = 'aes-256-gcm'
/** 96 random bits, fresh for every envelope. */
const NONCE_BYTES = 12
/** The whole tag; a shorter one would be easier to guess. */
const TAG_BYTES = 16

/** An envelope that does not open: made for another place or by another key, cut, or changed. Says no more than that. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError'

  constructor(readonly code: 'malformed' | 'other_key' | 'rejected') {
    super(`A sealed value cannot be opened: ${code}`)
  }
}

/** Seals text for one place. Two envelopes of the same text differ. */
export function sealEnvelope(key: Buffer, keyId: string, random: Random, place: SealedPlace, text: string): string {
  const nonce = random.bytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(associatedData(keyId, place))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `${VERSION}.${keyId}.${Buffer.from(nonce).toString('base64url')}.${sealed.toString('base64url')}`
}

/**
 * Opens an envelope at its place.
 *
 * Errors: EnvelopeError
 */
export function openEnvelope(key: Buffer, keyId: string, place: SealedPlace, envelope: string): string {
  const parts = envelope.split('.')
  if (parts.length !== 4 || parts[0] !== VERSION) throw new EnvelopeError('malformed')
  if (parts[1] !== keyId) throw new EnvelopeError('other_key')
  const nonce = fromBase64url(parts[2]!)
  const sealed = fromBase64url(parts[3]!)
  if (nonce?.length !== NONCE_BYTES || !sealed || sealed.length < TAG_BYTES) throw new EnvelopeError('malformed')
  try {
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(associatedData(keyId, place))
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
    const text = Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()])
    return text.toString('utf8')
  } catch {
    throw new EnvelopeError('rejected')
  }
}

/** Each part with its length before it (netstrings), so that no two places have the same bytes. */
function associatedData(keyId: string, place: SealedPlace): Buffer {
  const parts = [APP, VERSION, keyId, place.table, place.column, place.owner, String(place.generation)]
  return Buffer.from(parts.map((part) => `${Buffer.byteLength(part)}:${part},`).join(''))
}

/** Strict: the one spelling of these bytes, or null. Decoders forgive stray characters and spare bits. */
function fromBase64url(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : null
}
