/** Which place of a CLI is meant, and what every act on it needs. Opens no file. */

import { resolve } from 'node:path'
import type { AccountsContext } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { type FileLogin, placeOfPath, withCli } from '../accounts/file-login.ts'
import { CredentialError } from '../cli-credentials/credential-error.ts'
import type { CredentialPlace } from '../cli-credentials/credential-file.ts'
import { profilePlace } from '../cli-credentials/credential-places.ts'

/** A place and whose logins lie in it. */
export interface ProviderPlace {
  provider: FileLogin['provider']
  place: CredentialPlace
}

/**
 * The place of a provider's CLI: the one it uses by itself unless a directory is named, which may be another of the CLI's
 * own or a profile.
 *
 * Errors: AccountError unknown_provider, activation_unsupported
 */
export function choosePlace(context: AccountsContext, providerId: string, directory?: string): ProviderPlace {
  const found = context.providers.get(providerId)
  if (!found) throw new AccountError('unknown_provider', { provider: providerId })
  const provider = withCli(found)
  const own = context.credentialPlaces.filter((place) => place.provider === providerId)
  if (!provider) throw new AccountError('activation_unsupported', { provider: found.name })
  if (directory !== undefined) {
    const wanted = resolve(directory)
    const place =
      own.find((candidate) => candidate.directory === wanted) ??
      placeOfPath(context, provider, profilePlace(provider.cli, provider.id, wanted).path)
    if (place.kind !== 'other') return { provider, place }
  }
  const [place] = directory === undefined ? own : []
  if (!place) throw new AccountError('activation_unsupported', { provider: found.name })
  return { provider, place }
}

/** The place of a path that an account's login is followed in. Errors: AccountError activation_unsupported, place_of_tool */
export function placeOfProvider(context: AccountsContext, providerId: string, path: string): ProviderPlace {
  const provider = withCli(context.providers.get(providerId))
  if (!provider) throw new AccountError('activation_unsupported', { provider: providerId })
  const place = placeOfPath(context, provider, path)
  // How other tools lock their files is not known: nothing is ever written there.
  if (place.entry) throw new AccountError('place_of_tool', { path, tool: place.entry.tool ?? place.entry.file })
  return { provider, place }
}

/**
 * The place of a switch that was written down, by the files that it touched: that may be a file which the person had linked
 * from elsewhere, and which no request can name.
 *
 * Errors: those of `choosePlace`
 */
export function placeOfRecord(
  context: AccountsContext,
  { provider: id, directory }: { provider: string; directory: string },
  files: readonly { path: string }[],
): ProviderPlace {
  const provider = withCli(context.providers.get(id))
  const places = provider ? files.map(({ path }) => placeOfPath(context, provider, path)) : []
  // What lies beside the credentials looks like credentials elsewhere.
  const place = places.find((each) => each.directory === directory && each.path !== each.companionPath)
  return provider && place?.kind === 'other' && !place.entry ? { provider, place } : choosePlace(context, id, directory)
}

/** Runs an act on files. Errors: whatever it throws; a CredentialError comes out as the AccountError that says the same */
export async function namingFileRefusals<T>(account: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw error instanceof CredentialError ? inWords(error, account) : error
  }
}

function inWords({ code, path, detail, lock }: CredentialError, account: string): AccountError {
  switch (code) {
    case 'lock_busy':
      return new AccountError('place_busy', { path, holder: lock?.holder ?? detail })
    case 'lock_lost':
      return new AccountError('activation_changed', { path })
    case 'lock_unsupported':
      return new AccountError('place_lock_unsupported', { path })
    case 'torn':
      return new AccountError('file_torn', { path })
    case 'unusual':
      return new AccountError('place_unusual', { path, detail })
    case 'changed':
      return new AccountError('activation_changed', { path })
    case 'incomplete':
      return new AccountError('activation_incomplete', { account, detail })
    case 'foreign':
    case 'not_permitted':
      return new AccountError(`file_${code}`, { path, detail })
  }
}
