/**
 * Where the coding CLIs keep their logins on this machine. Knows their rules about directories; it opens no credential
 * file and reads no environment: what the environment says is passed in.
 */

import { readdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Provider } from '../oauth/provider.ts'
import { CLIS } from './clis/index.ts'
import type { CliName, CredentialPlace } from './credential-file.ts'

/** What places follow from. Directories are null where the environment does not name them; '' counts as not named. */
export interface PlaceInputs {
  /** The person's home directory; null when there is none. */
  home: string | null
  claudeConfigDir: string | null
  claudeSecureStorageConfigDir: string | null
  codexHome: string | null
  providers: Iterable<Pick<Provider, 'id' | 'cli'>>
}

/**
 * The CLIs' own places: what the environment names first, then the defaults under the home directory, each path once.
 *
 * Shape:  inputs → CredentialPlace[]; CLIs without a provider are left out
 * Errors: none; total
 * Source: Claude Code 2.1.330 (CLAUDE_SECURESTORAGE_CONFIG_DIR, else CLAUDE_CONFIG_DIR, else ~/.claude; `.claude.json` in
 *   CLAUDE_CONFIG_DIR, else in the home directory), codex 0.169.0 (CODEX_HOME, else ~/.codex); observed
 */
export function credentialPlaces(inputs: PlaceInputs): CredentialPlace[] {
  const home = inputs.home || null
  const places: CredentialPlace[] = []
  const claude = providerOf(inputs.providers, 'claude')
  if (claude !== null) {
    const named = inputs.claudeSecureStorageConfigDir || inputs.claudeConfigDir
    const companionDirectory = inputs.claudeConfigDir || home
    if (named) {
      const place = placeIn('claude', claude, named, 'environment', companionDirectory)
      const sessionsDirectory = resolve(
        inputs.claudeConfigDir || (home ? join(home, CLIS.claude.homeDirectory) : named),
      )
      places.push(sessionsDirectory === place.directory ? place : { ...place, sessionsDirectory })
    }
    if (home) places.push(placeIn('claude', claude, join(home, CLIS.claude.homeDirectory), 'default', home))
  }
  const codex = providerOf(inputs.providers, 'codex')
  if (codex !== null) {
    if (inputs.codexHome) places.push(placeIn('codex', codex, inputs.codexHome, 'environment', null))
    if (home) places.push(placeIn('codex', codex, join(home, CLIS.codex.homeDirectory), 'default', null))
  }
  return places.filter((place, index) => places.findIndex((other) => other.path === place.path) === index)
}

/** The place inside a profile directory of ours: `CLAUDE_CONFIG_DIR` or `CODEX_HOME` points there. */
export function profilePlace(cli: CliName, provider: string, directory: string): CredentialPlace {
  return placeIn(cli, provider, directory, 'profile', directory)
}

/**
 * A place for a path that a person named. The companion is looked for beside the file, and one level up when the file lies
 * in the CLI's directory below a home, such as `.claude`, which is where it lies by default.
 */
export function placeAt(cli: CliName, provider: string, path: string): CredentialPlace {
  const file = resolve(path)
  const directory = dirname(file)
  const { homeDirectory, companionFile } = CLIS[cli]
  const companionDirectory = basename(directory) === homeDirectory ? dirname(directory) : directory
  return {
    cli,
    provider,
    directory,
    path: file,
    companionPath: companionFile === null ? null : join(companionDirectory, companionFile),
    kind: 'other',
  }
}

/**
 * The places in all profile directories that exist under `profilesDirectory`: directories named
 * `<provider>-<lower-case hex>`. Other entries are not ours and are left out.
 */
export async function profilePlaces(
  profilesDirectory: string,
  providers: Iterable<Pick<Provider, 'id' | 'cli'>>,
): Promise<CredentialPlace[]> {
  const known = [...providers].filter((provider) => provider.cli !== null)
  const entries = await readdir(profilesDirectory, { withFileTypes: true }).catch(() => [])
  return entries.flatMap((entry) => {
    const [, id] = /^(.+)-[0-9a-f]+$/.exec(entry.name) ?? []
    const provider = known.find((candidate) => candidate.id === id)
    if (!provider?.cli || !entry.isDirectory()) return []
    return [profilePlace(provider.cli, provider.id, join(profilesDirectory, entry.name))]
  })
}

function placeIn(
  cli: CliName,
  provider: string,
  directory: string,
  kind: CredentialPlace['kind'],
  companionDirectory: string | null,
): CredentialPlace {
  const { credentialFile, companionFile } = CLIS[cli]
  const root = resolve(directory)
  return {
    cli,
    provider,
    directory: root,
    path: join(root, credentialFile),
    companionPath: companionFile && companionDirectory ? join(resolve(companionDirectory), companionFile) : null,
    kind,
  }
}

function providerOf(providers: PlaceInputs['providers'], cli: CliName): string | null {
  for (const provider of providers) if (provider.cli === cli) return provider.id
  return null
}
