/**
 * The key in the system's keyring. Only the 32 bytes of the key go there. A keyring may be absent, locked, or hang: each
 * question has a deadline, and a keyring that cannot be asked is never taken for an empty one.
 */

import type { Clock } from '../lib/clock.ts'
import { type Random, randomToken } from '../lib/random.ts'
import { Secret } from '../lib/secret.ts'
import { keyLine, parseKeyLine } from './key-file.ts'
import { KeyRefusal } from './key-refusal.ts'

/** What is asked of a keyring; `Bun.secrets` is one. */
export interface Keyring {
  get(entry: { service: string; name: string }): Promise<string | null>
  set(entry: { service: string; name: string; value: string }): Promise<void>
  delete(entry: { service: string; name: string }): Promise<boolean>
}

/** A locked keychain hangs instead of answering; milliseconds. */
export const KEYRING_DEADLINE_MS = 3_000

const SERVICE = 'tokendeck'

/** The system's own. */
export const systemKeyring: Keyring = {
  get: (entry) => Bun.secrets.get(entry),
  set: (entry) => Bun.secrets.set(entry),
  delete: (entry) => Bun.secrets.delete(entry),
}

/** True when a value can be put into the keyring, read back and removed, all within the deadline. */
export async function keyringWorks(keyring: Keyring, random: Random, clock: Clock): Promise<boolean> {
  const entry = { service: SERVICE, name: `probe-${randomToken(random, 8)}` }
  const value = randomToken(random, 16)
  try {
    return await withDeadline(clock, async () => {
      await keyring.set({ ...entry, value })
      const isKept = (await keyring.get(entry)) === value
      return (await keyring.delete(entry)) && isKept
    })
  } catch {
    return false
  }
}

/**
 * The key of that name, or null when the keyring answers that it has none.
 *
 * Errors: KeyRefusal `keyring_silent`, `key_damaged`
 */
export async function readKeyringKey(keyring: Keyring, keyId: string, clock: Clock): Promise<Buffer | null> {
  const line = await ask(clock, () => keyring.get({ service: SERVICE, name: keyId }))
  return line === null ? null : parseKeyLine(new Secret(line), `The key ${keyId} in the keyring`)
}

/** Keeps a key under its name. */
export async function writeKeyringKey(keyring: Keyring, keyId: string, key: Buffer, clock: Clock): Promise<void> {
  await ask(clock, () => keyring.set({ service: SERVICE, name: keyId, value: keyLine(key).reveal() }))
}

/** Forgets a key; that it was not there is as good. Errors: KeyRefusal `keyring_silent` */
export async function deleteKeyringKey(keyring: Keyring, keyId: string, clock: Clock): Promise<void> {
  await ask(clock, () => keyring.delete({ service: SERVICE, name: keyId }))
}

async function ask<T>(clock: Clock, run: () => Promise<T>): Promise<T> {
  try {
    return await withDeadline(clock, run)
  } catch {
    throw new KeyRefusal(
      'keyring_silent',
      'The keyring did not answer within 3 s, or there is no desktop session. Nothing was changed. ' +
        'Unlock the keyring and start again in a session that has one.',
    )
  }
}

async function withDeadline<T>(clock: Clock, run: () => Promise<T>): Promise<T> {
  const timer = new AbortController()
  try {
    const late = clock.sleep(KEYRING_DEADLINE_MS, timer.signal).then(() => Promise.reject(new Error('late')))
    late.catch(() => {})
    return await Promise.race([run(), late])
  } finally {
    timer.abort()
  }
}
