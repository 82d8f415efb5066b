/**
 * Keeps the CLIs from renewing a login while it is renewed here: their own locks, in every place of this machine where a
 * copy of it lies. Taken after the lease, so that all who come here take both in one order; never inside a transaction.
 */

import { realpath } from 'node:fs/promises'
import { CredentialError } from '../cli-credentials/credential-error.ts'
import type { CredentialPlace } from '../cli-credentials/credential-file.ts'
import type { CredentialLock } from '../cli-credentials/place-lock.ts'
import { listFollowedGrants } from '../db/credential-file-store.ts'
import { SECOND_MS } from '../lib/clock.ts'
import type { AccountsContext } from './context.ts'
import { placeOfPath, withCli } from './file-login.ts'
import { thisMachineId } from './machines.ts'

/** For all places together. Long enough to find out that a holder of both locks of a place is dead; a quarter of the lease. */
const LOCK_WAIT_MS = 15 * SECOND_MS

/** The CLIs' own locks. */
export interface CredentialLocks {
  /**
   * Takes those that the CLI of a place holds while it renews.
   *
   * Errors: CredentialError lock_busy, lock_unsupported, not_permitted, foreign
   */
  take(place: CredentialPlace, waitMs: number): Promise<CredentialLock>
}

/** What came of asking for the locks: held until released, or which one was not to be had and why. */
export type OuterLock =
  | { isHeld: true; stillHeld(): Promise<boolean>; release(): Promise<void> }
  | { isHeld: false; code: 'cli_lock_busy' | 'cli_lock_refused'; path: string }

/**
 * Takes the locks of all places of this machine that hold a copy of an account's login. A place whose directory is gone has
 * no copy; where the system has no such locks, its CLI keeps to none either.
 *
 * Errors: StoreError
 */
export async function takeOuterLock(context: AccountsContext, accountId: string): Promise<OuterLock> {
  const { clock, credentialLocks } = context
  const endsAt = clock.monotonic() + LOCK_WAIT_MS
  const held: CredentialLock[] = []
  const release = async () => {
    for (const lock of held.toReversed()) await lock.release()
  }
  try {
    for (const place of credentialLocks ? await lockedPlaces(context, accountId) : []) {
      const lock = await take(credentialLocks!, place, Math.max(0, endsAt - clock.monotonic()))
      if (lock) held.push(lock)
    }
  } catch (error) {
    await release()
    if (!(error instanceof CredentialError)) throw error
    return {
      isHeld: false,
      code: error.code === 'lock_busy' ? 'cli_lock_busy' : 'cli_lock_refused',
      path: error.path,
    }
  }
  const stillHeld = async () => (await Promise.all(held.map((lock) => lock.stillHeld()))).every(Boolean)
  return { isHeld: true, stillHeld, release }
}

/** Each directory once, whatever the paths to it, and in one order for everybody. Errors: CredentialError; StoreError */
async function lockedPlaces(context: AccountsContext, accountId: string): Promise<CredentialPlace[]> {
  const machineId = thisMachineId(context)
  const places = new Map<string, CredentialPlace>()
  for (const { account, grant } of await listFollowedGrants(context.database, { machineId, accountId })) {
    const provider = withCli(context.providers.get(account.provider))
    if (!provider) continue
    const place = placeOfPath(context, provider, grant.credentialPath)
    const directory = await realDirectory(place.directory)
    if (directory !== null && !places.has(directory)) places.set(directory, place)
  }
  return [...places].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, place]) => place)
}

async function realDirectory(path: string): Promise<string | null> {
  try {
    return await realpath(path)
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw new CredentialError('not_permitted', path, code)
  }
}

async function take(locks: CredentialLocks, place: CredentialPlace, waitMs: number): Promise<CredentialLock | null> {
  try {
    return await locks.take(place, waitMs)
  } catch (error) {
    if (error instanceof CredentialError && error.code === 'lock_unsupported') return null
    throw error
  }
}
