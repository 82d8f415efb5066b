/** Logins in files of other tools of this kind, on this machine: which are there, and which one a path means. */

import { resolve } from 'node:path'
import type { CredentialPlace } from '../cli-credentials/credential-file.ts'
import { homesInLinux, homesOfWindows } from '../cli-credentials/other-homes.ts'
import { parseEntryPath } from '../cli-credentials/token-file.ts'
import { placesOfTokenFile, tokenFilePlaces } from '../cli-credentials/token-file-places.ts'
import type { AccountsContext } from './context.ts'
import { AccountError } from './errors.ts'
import { type FileLogin, fileRefusal, machineOf, placeOfPath, readPlace, withCli } from './file-login.ts'
import { getOtherHomes } from './other-homes.ts'

/** The places of every login in such files, in the person's own home and the others that were named. Errors: StoreError */
export async function listToolPlaces(context: AccountsContext): Promise<CredentialPlace[]> {
  const { toolRoots, otherHomes } = context
  const named = [...(otherHomes?.configured ?? []), ...(await getOtherHomes(context))]
  const roots = {
    homes: [...(toolRoots?.home ? [toolRoots.home] : []), ...named],
    foreignHomes: [
      ...(await homesOfWindows(otherHomes?.windowsUsers ?? [])),
      ...(await homesInLinux(otherHomes?.linuxRoots ?? [])),
    ],
    dataHome: toolRoots?.dataHome ?? null,
    openclawDirectory: toolRoots?.openclawDirectory ?? null,
  }
  return tokenFilePlaces(roots, context.providers.values(), machineOf(context))
}

/**
 * The login that a path means in a file of another tool, where it is one: the path of the file when one live login of the
 * provider is in it, else the path with the login's name behind it.
 *
 * Shape:  null when the path is that of no such file
 * Errors: AccountError file_several_logins, file_no_login, and the `file_…` that says what is wrong with it
 */
export async function chooseEntry(
  context: AccountsContext,
  path: string,
  providerId: string | undefined,
): Promise<FileLogin | null> {
  const entry = parseEntryPath(path)
  const file = entry?.file ?? resolve(path)
  const found = await placesOfTokenFile(file, context.providers.values(), machineOf(context))
  if (found === null) return null
  const wanted = entry && `${resolve(path)}`
  const places = found.filter(
    (place) =>
      (wanted === null || place.path === wanted) && (providerId === undefined || place.provider === providerId),
  )
  const logins = await Promise.all(places.map((place) => readLogin(context, place)))
  const live = logins.filter((login) => 'reading' in login)
  if (live.length > 1) {
    throw new AccountError('file_several_logins', { path: file, names: live.map(({ place }) => place.path).join(', ') })
  }
  const [login] = live
  if (login) return login
  const [refused] = logins
  throw logins.length === 1 && refused && 'refusal' in refused
    ? refused.refusal
    : new AccountError('file_no_login', { path })
}

async function readLogin(
  context: AccountsContext,
  found: CredentialPlace,
): Promise<FileLogin | { refusal: AccountError }> {
  const provider = withCli(context.providers.get(found.provider))
  if (provider === null) return { refusal: new AccountError('file_unknown_provider', { path: found.path }) }
  const place = placeOfPath(context, provider, found.path)
  const reading = await readPlace(context, place)
  return reading.state === 'live' ? { provider, place, reading } : { refusal: fileRefusal(place, reading) }
}
