/** The directory of a profile as files: what lies in it beside the login, and its end. Never leaves the profiles' own directory. */

import { lstat, readdir, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { AccountsContext } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { type FileLogin, readPlace } from '../accounts/file-login.ts'
import { thisMachineId } from '../accounts/machines.ts'
import { profilePlace } from '../cli-credentials/credential-places.ts'
import { changeProfile } from '../db/profile-store.ts'
import { errorName } from '../lib/log.ts'

/** Files of a profile that would go with it; links into the main home are not counted, since only the link goes. */
export interface ProfileContents {
  files: number
  bytes: number
}

/** What lies in a profile. Errors: none; what cannot be looked at is not counted */
export async function contentsOf(directory: string): Promise<ProfileContents> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  let files = 0
  let bytes = 0
  for (const entry of entries) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) {
      const inside = await contentsOf(path)
      files += inside.files
      bytes += inside.bytes
    } else if (entry.isFile()) {
      files += 1
      bytes += await lstat(path).then(
        ({ size }) => size,
        () => 0,
      )
    }
  }
  return { files, bytes }
}

/**
 * Removes a profile's directory with everything in it; links are removed, not followed.
 *
 * Errors: AccountError `profile_not_found` for a path that is no profile of ours; errors of the file system
 */
export async function removeProfileDirectory(context: AccountsContext, directory: string): Promise<void> {
  const isOurs = dirname(resolve(directory)) === resolve(context.profilesDirectory)
  const found = await lstat(directory).catch(() => null)
  if (!isOurs || (found !== null && !found.isDirectory())) throw new AccountError('profile_not_found')
  await rm(directory, { recursive: true, force: true })
  const place = { machineId: thisMachineId(context), directory }
  await changeProfile(context.database, place, { removedAt: context.clock.now() })
}

/** Takes back a profile that came to nothing. One in which a login lies stays: it may be the only copy. */
export async function discardProfileDirectory(
  context: AccountsContext,
  provider: FileLogin['provider'],
  directory: string,
): Promise<void> {
  const { state } = await readPlace(context, profilePlace(provider.cli, provider.id, directory))
  if (state !== 'missing' && state !== 'blanked') return
  await removeProfileDirectory(context, directory).catch((error: unknown) => {
    context.log.warn('profile.not_discarded', { error: errorName(error) })
  })
}
