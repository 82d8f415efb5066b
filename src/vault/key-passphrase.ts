/**
 * The key behind a passphrase: the key itself is random and kept in the database, wrapped by a key that is stretched from
 * the passphrase. Argon2id where the runtime has it, scrypt else. Source: RFC 9106, RFC 7914.
 */

import * as crypto from 'node:crypto'
import type { Random } from '../lib/random.ts'
import type { Secret } from '../lib/secret.ts'
import { openEnvelope, sealEnvelope } from './envelope.ts'
import { MASTER_KEY_BYTES } from './keys.ts'

/** How a passphrase is stretched: `memory` in KiB for argon2id; `cost` is N of scrypt. */
export type Stretching =
  | { kind: 'argon2id'; salt: string; memory: number; passes: number; parallelism: number }
  | { kind: 'scrypt'; salt: string; cost: number; blockSize: number; parallelism: number }

/** A key that only the passphrase opens. */
export interface WrappedKey {
  stretching: Stretching
  envelope: string
}

const WRAPPING_KEY = 'passphrase'
const PLACE = { table: 'meta', column: 'value', owner: 'key', generation: 0 }

/** Wraps a key for keeping beside the data. About a quarter of a second, on purpose. */
export function wrapKey(key: Buffer, passphrase: Secret, random: Random, kind = bestKind()): WrappedKey {
  const stretching = newStretching(random, kind)
  const wrapping = stretch(passphrase, stretching)
  return { stretching, envelope: sealEnvelope(wrapping, WRAPPING_KEY, random, PLACE, key.toString('base64url')) }
}

/** The key, or null when this is not the passphrase. */
export function unwrapKey(wrapped: WrappedKey, passphrase: Secret): Buffer | null {
  try {
    const text = openEnvelope(stretch(passphrase, wrapped.stretching), WRAPPING_KEY, PLACE, wrapped.envelope)
    return Buffer.from(text, 'base64url')
  } catch {
    return null
  }
}

function bestKind(): Stretching['kind'] {
  return typeof crypto.argon2Sync === 'function' ? 'argon2id' : 'scrypt'
}

/** How a new passphrase is stretched: 64 MiB and three passes, or the like of scrypt, with a salt of its own. */
export function newStretching(random: Random, kind = bestKind()): Stretching {
  const salt = Buffer.from(random.bytes(16)).toString('base64url')
  return kind === 'argon2id'
    ? { kind, salt, memory: 65_536, passes: 3, parallelism: 1 }
    : { kind, salt, cost: 2 ** 17, blockSize: 8, parallelism: 1 }
}

/** False for numbers that would keep this machine busy for long, or are too weak to be ours. */
export function isOurStretching(how: Stretching): boolean {
  const isSalt = typeof how.salt === 'string' && /^[\w-]{22}$/.test(how.salt)
  if (!isSalt || !within(how.parallelism, 1, 4)) return false
  if (how.kind === 'argon2id') return within(how.memory, 65_536, 1_048_576) && within(how.passes, 3, 16)
  return how.kind === 'scrypt' && how.cost === 2 ** 17 && how.blockSize === 8
}

function within(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}

/** The key that a passphrase stretches to. */
export function stretch(passphrase: Secret, how: Stretching): Buffer {
  const text = spelled(passphrase)
  if (how.kind === 'argon2id') return crypto.argon2Sync('argon2id', argon2Parameters(text, how))
  return crypto.scryptSync(text, saltOf(how), MASTER_KEY_BYTES, scryptOptions(how))
}

/** The same, while the process goes on with other things. */
export function stretchBeside(passphrase: Secret, how: Stretching): Promise<Buffer> {
  const text = spelled(passphrase)
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, key: Buffer) => (error ? reject(error) : resolve(key))
    if (how.kind === 'argon2id') crypto.argon2('argon2id', argon2Parameters(text, how), done)
    else crypto.scrypt(text, saltOf(how), MASTER_KEY_BYTES, scryptOptions(how), done)
  })
}

/** One spelling for what a person types: composed or decomposed accents are the same passphrase. */
function spelled(passphrase: Secret): string {
  return passphrase.reveal().normalize('NFC')
}

function saltOf({ salt }: Stretching): Buffer {
  return Buffer.from(salt, 'base64url')
}

function argon2Parameters(message: string, how: Extract<Stretching, { kind: 'argon2id' }>) {
  const { memory, passes, parallelism } = how
  return { message, nonce: saltOf(how), parallelism, tagLength: MASTER_KEY_BYTES, memory, passes }
}

function scryptOptions({ cost, blockSize, parallelism }: Extract<Stretching, { kind: 'scrypt' }>) {
  return { N: cost, r: blockSize, p: parallelism, maxmem: 2 ** 28 }
}
