/** Which credential file a person means, by path, by provider, or by neither. Ends with a live login or a refusal. */

import { resolve } from 'node:path'
import type { CredentialPlace, CredentialReading } from '../cli-credentials/credential-file.ts'
import { recognizeCli } from '../cli-credentials/recognize-cli.ts'
import type { AccountsContext, Actor } from './context.ts'
import { AccountError } from './errors.ts'
import { type FileLogin, fileRefusal, machineOf, placeOfPath, readPlace, withCli } from './file-login.ts'
import { chooseEntry } from './tool-places.ts'

/** What an import asks for. Without a path, the CLI's own places are looked through in their order. */
export interface ImportRequest {
  provider?: string
  path?: string
  label?: string
  actor: Actor
}

/**
 * The live login that is meant.
 *
 * Errors: AccountError `unknown_provider`, `file_unknown_provider`, `file_several_logins`, `file_no_login`, and the `file_…` that says what is wrong with the file;
 *   with several places, the first that is not simply missing
 */
export async function chooseFile(context: AccountsContext, request: ImportRequest): Promise<FileLogin> {
  const { path, provider: id } = request
  if (id !== undefined && !context.providers.has(id)) throw new AccountError('unknown_provider', { provider: id })
  if (path !== undefined) {
    const isOwn = context.credentialPlaces.some((place) => place.path === resolve(path))
    const entry = isOwn ? null : await chooseEntry(context, path, id)
    if (entry) return entry
    const provider = await providerOfFile(context, id, path)
    const place = placeOfPath(context, provider, path)
    const reading = await readPlace(context, place)
    if (reading.state !== 'live') throw fileRefusal(place, reading)
    return { provider, place, reading }
  }
  const places = context.credentialPlaces.filter((place) => id === undefined || place.provider === id)
  return firstLive(context, places, id)
}

async function firstLive(
  context: AccountsContext,
  places: readonly CredentialPlace[],
  providerId: string | undefined,
): Promise<FileLogin> {
  const refused: { place: CredentialPlace; reading: Exclude<CredentialReading, { state: 'live' }> }[] = []
  for (const place of places) {
    const provider = withCli(context.providers.get(place.provider))
    if (provider === null) continue
    const reading = await readPlace(context, place)
    if (reading.state === 'live') return { provider, place, reading }
    refused.push({ place, reading })
  }
  const telling = refused.find(({ reading }) => reading.state !== 'missing') ?? refused[0]
  if (telling) throw fileRefusal(telling.place, telling.reading)
  throw new AccountError('file_unknown_provider', { path: providerId ?? '' })
}

async function providerOfFile(
  context: AccountsContext,
  id: string | undefined,
  path: string,
): Promise<FileLogin['provider']> {
  if (id !== undefined) {
    const provider = withCli(context.providers.get(id))
    if (provider === null) throw new AccountError('file_unknown_provider', { path })
    return provider
  }
  const known = context.credentialPlaces.find((place) => place.path === resolve(path))
  const named = known && withCli(context.providers.get(known.provider))
  if (named) return named
  const cli = await recognizeCli(path, machineOf(context))
  const provider = [...context.providers.values()].find((candidate) => candidate.cli !== null && candidate.cli === cli)
  if (provider) return withCli(provider)!
  throw await unrecognized(context, path)
}

/** A file that no CLI claims may simply not be there, or not be readable: that is said first. */
async function unrecognized(context: AccountsContext, path: string): Promise<AccountError> {
  const anyone = [...context.providers.values()].map(withCli).find((provider) => provider !== null)
  if (!anyone) return new AccountError('file_unknown_provider', { path })
  const place = placeOfPath(context, anyone, path)
  const reading = await readPlace(context, place)
  const isAboutTheFile = reading.state === 'missing' || reading.state === 'not_permitted' || reading.state === 'foreign'
  return isAboutTheFile ? fileRefusal(place, reading) : new AccountError('file_unknown_provider', { path })
}
