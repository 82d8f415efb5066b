/**
 * Homes beside this person's own: directories that were named, those of Windows where this system runs inside it, and those
 * of Linux systems inside this Windows. Looks
 * for names only; opens no credential file.
 */

import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { Provider } from '../oauth/provider.ts'
import { CLIS } from './clis/index.ts'
import type { CliName, CredentialPlace } from './credential-file.ts'
import { placeAt } from './credential-places.ts'

/** Where to look. `windowsUsers`: directories that hold one home for each person, such as `/mnt/c/Users`. */
export interface OtherHomes {
  named: readonly string[]
  windowsUsers: readonly string[]
  /** Seen from Windows: directories that hold one root for each Linux system inside it, such as `\\wsl$`. */
  linuxRoots?: readonly string[]
}

/** Directories below `Users` that are nobody's. */
const NOBODY = /^(public|default|default user|all users|defaultapppool|wdagutilityaccount|desktop\.ini)$/i
/** More homes than this are not somebody's own. */
const MAX_HOMES = 50

/**
 * The places of CLIs in other homes. A named directory may be a home, or a CLI's own directory.
 *
 * Shape:  → CredentialPlace[] of kind `other`; only those that are there
 * Errors: none; what cannot be looked at is left out
 */
export async function placesInOtherHomes(
  { named, windowsUsers, linuxRoots = [] }: OtherHomes,
  providers: Iterable<Pick<Provider, 'id' | 'cli'>>,
): Promise<CredentialPlace[]> {
  const foreign = [...(await homesOfWindows(windowsUsers)), ...(await homesInLinux(linuxRoots))]
  const homes = [...named.map((home) => ({ home, isForeign: false })), ...foreign.map(foreignHome)].slice(0, MAX_HOMES)
  const places: CredentialPlace[] = []
  for (const provider of providers) {
    if (provider.cli === null) continue
    for (const { home, isForeign } of homes) {
      for (const path of candidatesIn(provider.cli, resolve(home))) {
        const isThere = await stat(path).then(
          (found) => found.isFile(),
          () => false,
        )
        if (isThere) places.push({ ...placeAt(provider.cli, provider.id, path), ...(isForeign && { hasModes: false }) })
      }
    }
  }
  return places
}

/** The homes in directories that hold one for each person, such as `/mnt/c/Users`. Errors: none; total */
export async function homesOfWindows(users: readonly string[]): Promise<string[]> {
  return (await Promise.all(users.map(homesIn))).flat()
}

/**
 * The homes of the Linux systems inside Windows: those below `home`, and that of root.
 *
 * Shape:  directories that hold one root for each system, such as `\\wsl$` → homes
 * Errors: none; Windows does not list such a directory everywhere: then the homes can be named by hand
 */
export async function homesInLinux(roots: readonly string[]): Promise<string[]> {
  const systems = (await Promise.all(roots.map(homesIn))).flat()
  const homes = await Promise.all(
    systems.map(async (root) => [...(await homesIn(join(root, 'home'))), join(root, 'root')]),
  )
  return homes.flat()
}

function candidatesIn(cli: CliName, home: string): string[] {
  const { homeDirectory, credentialFile, mayOwn } = CLIS[cli]
  return [join(home, homeDirectory, credentialFile), ...(mayOwn(basename(home)) ? [join(home, credentialFile)] : [])]
}

async function homesIn(users: string): Promise<string[]> {
  const entries = await readdir(users, { withFileTypes: true }).catch(() => [])
  return entries.flatMap((entry) => (entry.isDirectory() && !NOBODY.test(entry.name) ? [join(users, entry.name)] : []))
}

/** Files of another system have neither owners nor modes that mean something here. */
function foreignHome(home: string) {
  return { home, isForeign: true }
}
