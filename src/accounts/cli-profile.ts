/**
 * A profile: a directory in which the provider's own CLI signs in and keeps the login. Makes the directory and says
 * which line to run; the CLI does the rest.
 */

import { chmod, mkdir, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { profilePlaces } from '../cli-credentials/credential-places.ts'
import { signInLine } from '../cli-credentials/sign-in-line.ts'
import { DAY_MS } from '../lib/clock.ts'
import type { Provider } from '../oauth/provider.ts'
import type { AccountsContext } from './context.ts'
import { AccountError } from './errors.ts'

/**
 * Makes an empty directory that only its owner can enter.
 *
 * Shape:  → its path and the line that signs in there
 * Errors: AccountError `method_not_offered` for a provider without a CLI; errors of the file system
 */
export async function prepareProfile(
  context: AccountsContext,
  provider: Provider,
  authorizationId: string,
): Promise<{ profilePath: string; command: string }> {
  if (provider.cli === null) {
    throw new AccountError('method_not_offered', { provider: provider.id, method: 'cli_profile' })
  }
  await mkdir(context.profilesDirectory, { recursive: true, mode: 0o700 })
  const random = Buffer.from(context.random.bytes(8)).toString('hex')
  const profilePath = join(context.profilesDirectory, `${provider.id}-${random}`)
  await mkdir(profilePath, { mode: 0o700 })
  // The umask can only take away from the mode, and a directory without the owner's own rights is of no use.
  await chmod(profilePath, 0o700)
  context.log.info('profile.prepared', { authorization: authorizationId, path: profilePath })
  return { profilePath, command: signInLine(provider.cli, profilePath, process.platform) }
}

/** The line that signs in within a profile on this platform; null for a provider without a CLI. */
export function profileCommand(provider: Pick<Provider, 'cli'>, profilePath: string): string | null {
  return provider.cli === null ? null : signInLine(provider.cli, profilePath, process.platform)
}

/** Profiles in which nobody signed in are removed once this old. */
const UNUSED_AFTER_MS = DAY_MS

/** Removes empty profile directories that are long over; one that holds anything at all is left alone. */
export async function removeUnusedProfiles(context: AccountsContext): Promise<void> {
  for (const { directory } of await profilePlaces(context.profilesDirectory, context.providers.values())) {
    const { mtimeMs } = await stat(directory)
    if (context.clock.now() - mtimeMs > UNUSED_AFTER_MS) await rmdir(directory).catch(() => {})
  }
}
