/** Keeps the CLI, and everybody else who keeps to its rules, from writing a place's files while we do. */

import type { Clock } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
import type { CredentialPlace } from './credential-file.ts'

export interface LockOptions {
  clock: Clock
  random: Random
  /** How long to wait for whoever holds it. Milliseconds. */
  waitMs: number
  /** Ends the waiting. */
  signal?: AbortSignal
  /** Who we are, for whoever finds the lock, such as `tokendeck 4711`. Nothing secret. */
  owner: string
  /** `write`: all locks, for changing files. `refresh`: those that the CLI holds while it renews. `write` unless told. */
  scope?: 'write' | 'refresh'
  /** As `process.platform`. */
  platform?: string
}

/** Held until released. */
export interface CredentialLock {
  /** The locks, in the order in which they were taken. */
  paths: readonly string[]
  /** False when somebody took one of them from us, as if we were dead. */
  stillHeld(): Promise<boolean>
  /** Takes away what is still ours. Never fails; calling it again does nothing. */
  release(): Promise<void>
}

/**
 * Takes the locks of a place in the CLI's own order.
 *
 * Errors: CredentialError `lock_busy`, `lock_unsupported`, `not_permitted`; the signal's reason when it aborts
 */
export async function lockPlace(place: CredentialPlace, options: LockOptions): Promise<CredentialLock> {
  throw new Error(`${place.path} ${options.owner}`)
}
