/**
 * Every place of this machine where a login may lie that concerns an account: the CLIs' own, profiles, and files in which a
 * login was seen before. Followed or not, because a copy may turn up in any of them.
 */

import { realpath } from 'node:fs/promises'
import type { CredentialPlace } from '../cli-credentials/credential-file.ts'
import { profilePlace, profilePlaces } from '../cli-credentials/credential-places.ts'
import { listFollowedGrants } from '../db/credential-file-store.ts'
import { listPlacesOfCopies } from '../db/grant-copy-store.ts'
import { listProfileRows } from '../db/profile-store.ts'
import type { AccountsContext } from './context.ts'
import { isReadOnClick, placeOfPath, withCli } from './file-login.ts'
import { thisMachineId } from './machines.ts'

/** The places, each path once. Errors: StoreError */
export async function watchedPlaces(context: AccountsContext): Promise<CredentialPlace[]> {
  const { database, providers } = context
  const machineId = thisMachineId(context)
  const [followed, copies, profiles] = [
    await listFollowedGrants(database, { machineId }),
    await listPlacesOfCopies(database, machineId),
    await listProfileRows(database, machineId),
  ]
  const seen = [
    ...followed.map(({ account, grant }) => ({ provider: account.provider, place: grant.credentialPath })),
    ...copies,
  ]
  const places = [
    ...context.credentialPlaces,
    ...(await profilePlaces(context.profilesDirectory, providers.values())),
    ...profiles.flatMap((profile) => {
      const provider = withCli(providers.get(profile.provider))
      return provider ? [profilePlace(provider.cli, provider.id, profile.directory)] : []
    }),
    ...seen.flatMap(({ provider: id, place }) => {
      const provider = withCli(providers.get(id))
      return provider ? [placeOfPath(context, provider, place)] : []
    }),
  ]
  const looked = places.filter((place) => !isReadOnClick(place))
  return looked.filter((place, index) => looked.findIndex(({ path }) => path === place.path) === index)
}

/**
 * The paths that lead to a file which another of these paths leads to as well: one file, and one copy. Of those that are the
 * same, one that is in `kept` is the file, else the first.
 */
export async function aliasesAmong(paths: readonly string[], kept: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const files = new Map<string, string>()
  const aliases = new Set<string>()
  const real = await Promise.all(paths.map((path) => realpath(path).catch(() => path)))
  for (const [index, path] of paths.entries()) {
    const first = files.get(real[index]!)
    const isBetter = first !== undefined && kept.has(path) && !kept.has(first)
    if (first !== undefined) aliases.add(isBetter ? first : path)
    if (first === undefined || isBetter) files.set(real[index]!, path)
  }
  return aliases
}
