/**
 * The end of a profile: the login in it comes back to the dashboard first, newest tokens and all; then the directory goes.
 * What would be lost is told before.
 */

import type { AccountsContext, Actor } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { clearPlace } from './clear-place.ts'
import { contentsOf, type ProfileContents, removeProfileDirectory } from './profile-directory.ts'
import { getProfile, type ProfileView } from './profile-list.ts'

/**
 * What removing a profile would do. `login`: none lies there; it comes back to the dashboard; or it is one by which no
 * account here lives, and would be lost.
 */
export interface ProfileRemoval extends ProfileContents {
  profile: ProfileView
  login: 'none' | 'returned' | 'lost'
}

export interface ProfileRemovalRequest {
  profileId: string
  /** A login that nobody here knows may be lost. */
  losesLogin?: boolean
  actor: Actor
}

/** Looks without changing anything. Errors: AccountError `profile_not_found` */
export async function previewProfileRemoval(context: AccountsContext, profileId: string): Promise<ProfileRemoval> {
  const profile = await getProfile(context, profileId)
  return { profile, login: whatBecomesOf(profile), ...(await contentsOf(profile.directory)) }
}

/**
 * Removes a profile.
 *
 * Shape:  → what it did
 * Errors: AccountError `profile_not_found`, `profile_in_use`, `profile_login_unknown`, and what taking a login back
 *   refuses; nothing was removed then
 */
export async function removeProfile(
  context: AccountsContext,
  { profileId, losesLogin = false, actor }: ProfileRemovalRequest,
): Promise<ProfileRemoval> {
  const removal = await previewProfileRemoval(context, profileId)
  const { profile, login } = removal
  const { usedBy } = profile
  if (usedBy !== null && usedBy.length > 0) {
    throw new AccountError('profile_in_use', { path: profile.directory, usedBy: usedBy.join(', ') })
  }
  if (login === 'lost' && !losesLogin) {
    throw new AccountError('profile_login_unknown', { path: profile.directory, identity: profile.identity ?? '?' })
  }
  if (login === 'returned') await clearPlace(context, { path: profile.path, actor })
  await removeProfileDirectory(context, profile.directory)
  context.log.info('profile.removed', { path: profile.directory, login })
  return removal
}

function whatBecomesOf({ isHolder, state }: ProfileView): ProfileRemoval['login'] {
  if (isHolder) return 'returned'
  return state === 'missing' || state === 'blanked' ? 'none' : 'lost'
}
