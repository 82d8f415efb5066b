/**
 * A profile: a directory of its own for one account, in which the provider's own CLI keeps the login. The one place where
 * such directories are made, and thrown away again when nothing came of them.
 */

import { chmod, mkdir, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { profilePlaces } from '../cli-credentials/credential-places.ts'
import { signInLine } from '../cli-credentials/sign-in-line.ts'
import { changeProfile, insertProfile } from '../db/profile-store.ts'
import { DAY_MS } from '../lib/clock.ts'
import { newId } from '../lib/random.ts'
import type { Provider } from '../oauth/provider.ts'
import type { AccountsContext } from './context.ts'
import { AccountError } from './errors.ts'
import { thisMachineId } from './machines.ts'

/** A profile as it is made: empty, and perhaps of nobody yet. */
export interface NewProfile {
  id: string
  directory: string
}

/**
 * Makes an empty directory that only its owner can enter, and keeps it as a profile.
 *
 * Shape:  `accountId` is null while it is not known who will sign in there
 * Errors: AccountError `method_not_offered` for a provider without a CLI; errors of the file system; StoreError
 */
export async function makeProfileDirectory(
  context: AccountsContext,
  provider: Pick<Provider, 'id' | 'cli'>,
  accountId: string | null,
): Promise<NewProfile> {
  if (provider.cli === null) {
    throw new AccountError('method_not_offered', { provider: provider.id, method: 'cli_profile' })
  }
  await mkdir(context.profilesDirectory, { recursive: true, mode: 0o700 })
  const random = Buffer.from(context.random.bytes(8)).toString('hex')
  const directory = join(context.profilesDirectory, `${provider.id}-${random}`)
  await mkdir(directory, { mode: 0o700 })
  // The umask can only take away from the mode, and a directory without the owner's own rights is of no use.
  await chmod(directory, 0o700)
  const id = newId(context.random, 'prf')
  await keepProfile(context, { id, provider: provider.id, accountId, directory })
  return { id, directory }
}

/**
 * Makes a profile for a sign-in that the CLI itself will do.
 *
 * Shape:  → its path and the line that signs in there
 * Errors: as makeProfileDirectory
 */
export async function prepareProfile(
  context: AccountsContext,
  provider: Provider,
  authorizationId: string,
): Promise<{ profilePath: string; command: string }> {
  const { directory } = await makeProfileDirectory(context, provider, null)
  context.log.info('profile.prepared', { authorization: authorizationId, path: directory })
  return { profilePath: directory, command: signInLine(provider.cli!, directory, context.system.platform) }
}

/** The line that signs in within a profile on this platform; null for a provider without a CLI. */
export function profileCommand(
  { system }: AccountsContext,
  provider: Pick<Provider, 'cli'>,
  profilePath: string,
): string | null {
  return provider.cli === null ? null : signInLine(provider.cli, profilePath, system.platform)
}

/** Profiles in which nobody signed in are removed once this old. */
const UNUSED_AFTER_MS = DAY_MS

/**
 * Removes empty profile directories that are long over; one that holds anything at all is left alone. What only lies there,
 * made by an older version or known to another database, is kept as a profile too.
 */
export async function removeUnusedProfiles(context: AccountsContext): Promise<void> {
  for (const { provider, directory } of await profilePlaces(context.profilesDirectory, context.providers.values())) {
    const { mtimeMs } = await stat(directory)
    const isOld = context.clock.now() - mtimeMs > UNUSED_AFTER_MS
    const isGone = isOld && (await rmdir(directory).then(...YES_OR_NO))
    const place = { machineId: thisMachineId(context), directory }
    if (isGone) await changeProfile(context.database, place, { removedAt: context.clock.now() })
    else await keepProfile(context, { id: newId(context.random, 'prf'), provider, accountId: null, directory })
  }
}

const YES_OR_NO = [() => true, () => false] as const

function keepProfile(
  context: AccountsContext,
  profile: { id: string; provider: string; accountId: string | null; directory: string },
): Promise<void> {
  const row = { ...profile, machineId: thisMachineId(context), shared: [], createdAt: context.clock.now() }
  return insertProfile(context.database, { ...row, removedAt: null })
}
