/**
 * Chance as an argument. The only file that asks the machine for random numbers.
 */

/** A source of randomness. */
export interface Random {
  /** `length` bytes from a cryptographic generator. */
  bytes(length: number): Uint8Array
  /** A number in [0, 1), for jitter only, never for a secret. */
  fraction(): number
}

/** The machine's own generator. */
export const systemRandom: Random = {
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  fraction: () => Math.random(),
}

/** `length` random bytes (32 unless told, 256 bits) as base64url without padding. */
export function randomToken(random: Random, length = 32): string {
  return Buffer.from(random.bytes(length)).toString('base64url')
}

/** A new identifier such as `acc_h2k9…`: the prefix, an underscore, and 80 random bits in lower-case hex. */
export function newId(random: Random, prefix: string): string {
  return `${prefix}_${Buffer.from(random.bytes(10)).toString('hex')}`
}

/** True for text that looks as `newId` makes it. */
export function isId(text: string, prefix: string): boolean {
  return text.startsWith(`${prefix}_`) && /^[0-9a-f]{20}$/.test(text.slice(prefix.length + 1))
}
