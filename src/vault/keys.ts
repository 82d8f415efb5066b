/**
 * The installation's key and what is derived from it. Each purpose has a key of its own, so that one can never stand in
 * for another. Source: RFC 5869 (HKDF), RFC 2104 (HMAC).
 */

import { createHmac, hkdfSync } from 'node:crypto'
import type { Random } from '../lib/random.ts'
import type { Secret } from '../lib/secret.ts'
import type { FingerprintPurpose } from './vault.ts'

export const MASTER_KEY_BYTES = 32

/** 32 random bytes. Never made from a host name, a user name or a path: those change. */
export function newMasterKey(random: Random): Buffer {
  return Buffer.from(random.bytes(MASTER_KEY_BYTES))
}

/** What a key is called in public, such as `k_7F3A91C0`: 32 bits that follow from the key and say nothing about it. */
export function keyIdOf(masterKey: Buffer): string {
  return `k_${subKey(masterKey, 'key-id', 4).toString('hex').toUpperCase()}`
}

export type SubKeyPurpose = 'envelopes' | 'fingerprints' | 'audit' | 'key-check' | 'key-id' | 'export' | 'export-check'

/** A key for one purpose. */
export function subKey(masterKey: Buffer, purpose: SubKeyPurpose, length = 32): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, Buffer.alloc(0), `tokendeck/${purpose}/v1`, length))
}

/** A value that shows whether a key is the right one before anything is opened with it. */
export function keyCheckOf(masterKey: Buffer): string {
  return createHmac('sha256', subKey(masterKey, 'key-check')).update(keyIdOf(masterKey)).digest('base64url')
}

/** 32 hex digits that are equal for equal secrets of one purpose. */
export function fingerprintOf(fingerprintKey: Buffer, purpose: FingerprintPurpose, secret: Secret): string {
  return createHmac('sha256', fingerprintKey).update(`${purpose}\0`).update(secret.reveal()).digest('hex').slice(0, 32)
}

/** 43 characters of base64url. A MAC has no line break in it, so where the one before ends is never in doubt. */
export function chainMacOf(auditKey: Buffer, previousMac: string, text: string): string {
  return createHmac('sha256', auditKey).update(`${previousMac}\n${text}`).digest('base64url')
}
