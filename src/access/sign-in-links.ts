/**
 * One-time sign-in links: the secret is given out once, kept as a hash in memory only, and worth one session.
 * A restart voids them.
 */

import { type Clock, MINUTE_MS } from '../lib/clock.ts'
import { type Random, randomToken } from '../lib/random.ts'
import { hashOf } from './api-token.ts'

const LINK_LIFE_MS = 10 * MINUTE_MS
/** Links that may be open at once; the oldest gives way. */
const MAX_OPEN_LINKS = 20

export interface SignInLink {
  secret: string
  /** Epoch milliseconds. */
  expiresAt: number
}

/** The open links of this process. */
export class SignInLinks {
  readonly #expiries = new Map<string, number>()

  constructor(
    readonly clock: Clock,
    readonly random: Random,
  ) {}

  /** Makes a link secret of 256 bits that works once within ten minutes. */
  create(): SignInLink {
    const secret = randomToken(this.random)
    const expiresAt = this.clock.now() + LINK_LIFE_MS
    if (this.#expiries.size >= MAX_OPEN_LINKS) this.#expiries.delete(this.#expiries.keys().next().value!)
    // Looked up by hash, so that the time of the look-up says nothing about the secret.
    this.#expiries.set(hashOf(secret).toString('hex'), expiresAt)
    return { secret, expiresAt }
  }

  /** True once for a secret that was given out and has not ended. */
  redeem(secret: string): boolean {
    const key = hashOf(secret).toString('hex')
    const expiresAt = this.#expiries.get(key)
    this.#expiries.delete(key)
    return expiresAt !== undefined && this.clock.now() < expiresAt
  }
}

/** The address of a link. The secret stands in the fragment, which browsers never send. */
export function signInUrl(port: number, secret: string): string {
  return `http://localhost:${port}/sign-in#t=${secret}`
}
