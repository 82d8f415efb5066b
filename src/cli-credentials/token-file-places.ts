/**
 * Where other tools of this kind keep their files of logins. Looks for names and opens only the files that are so named;
 * reads no environment: what it says is passed in.
 */

import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Provider } from '../oauth/provider.ts'
import type { CredentialPlace } from './credential-file.ts'
import type { Machine } from './read-credentials.ts'
import { MAX_CREDENTIAL_BYTES, readText } from './read-text.ts'
import {
  entryPlace,
  type FileEntry,
  listEntries,
  recognizeTokenFile,
  TOKEN_FILES,
  type TokenFileId,
} from './token-file.ts'

/** Where to look. Directories are null where nothing names them. */
export interface ToolRoots {
  /** The person's own home and other homes of theirs. */
  homes: readonly string[]
  /** Homes of another system, whose files have no modes that mean something here. */
  foreignHomes?: readonly string[]
  /** XDG_DATA_HOME: opencode's directory lies in it. */
  dataHome: string | null
  /** OPENCLAW_STATE_DIR. */
  openclawDirectory: string | null
}

/** A file that may be there. `directory`: what a running program of the tool names as its own. */
interface Candidate {
  format: TokenFileId
  file: string
  directory: string
  hasModes: boolean
}

/** More directories than this are not looked into, in one home. */
const MAX_DIRECTORIES = 200

/**
 * A place for every login of a known provider in the files that are there. A file that cannot be read as a whole is one
 * place without a login's name, so that it can be said.
 *
 * Shape:  → CredentialPlace[] of kind `other`
 * Errors: none; what cannot be looked at is left out
 * Source: opencode 1.18.33 (`~/.local/share/opencode/auth.json`, XDG_DATA_HOME); docs.openclaw.ai
 *   (`~/.openclaw/agents/<agent>/agent/auth-profiles.json`, OPENCLAW_STATE_DIR)
 */
export async function tokenFilePlaces(
  roots: ToolRoots,
  providers: Iterable<Pick<Provider, 'id' | 'cli'>>,
  machine: Machine,
): Promise<CredentialPlace[]> {
  const known = [...providers]
  const own = roots.homes.map((home) => filesIn(home, true))
  const foreign = (roots.foreignHomes ?? []).map((home) => filesIn(home, false))
  const found = [
    ...namedFiles(roots),
    ...(await Promise.all([...own, ...foreign])).flat(),
    ...(await openclawFiles(roots.openclawDirectory)),
  ]
  const once = found.filter(({ file }, index) => found.findIndex((other) => other.file === file) === index)
  return (await Promise.all(once.map((candidate) => placesIn(candidate, known, machine)))).flat()
}

/**
 * The places of one file whatever its name, for a path that a person named; null when it has none of the known forms.
 *
 * Errors: none; total
 */
export async function placesOfTokenFile(
  file: string,
  providers: Iterable<Pick<Provider, 'id' | 'cli'>>,
  machine: Machine,
): Promise<CredentialPlace[] | null> {
  const found = await readText(file, { symlinks: 'follow', maxBytes: MAX_CREDENTIAL_BYTES, uid: machine.uid })
  const format = found.state === 'read' ? recognizeTokenFile(found.text) : null
  if (format === null) return null
  const candidate = { format: format.id, file, directory: dirname(file), hasModes: true }
  return placesIn(candidate, [...providers], machine)
}

async function placesIn(
  { format: id, file, directory, hasModes }: Candidate,
  providers: readonly Pick<Provider, 'id' | 'cli'>[],
  machine: Machine,
): Promise<CredentialPlace[]> {
  const uid = hasModes ? machine.uid : null
  const found = await readText(file, { symlinks: 'follow', maxBytes: MAX_CREDENTIAL_BYTES, uid })
  if (found.state === 'missing') return []
  const expected = TOKEN_FILES.find((format) => format.id === id)!
  const place = (entry: Pick<FileEntry, 'name'>, of: Pick<CredentialPlace, 'cli' | 'provider'>) => ({
    ...entryPlace({ format: id, file, ...entry }, { ...of, directory }),
    ...(!hasModes && { hasModes }),
  })
  const whole = found.state === 'read' ? found.text : null
  const isReadable = whole !== null && isJson(whole)
  // What is in it cannot be told: the file is named after its tool.
  if (!isReadable) return [place({ name: null }, { cli: 'codex', provider: expected.tool(file) ?? id })]
  return listEntries(expected, whole).flatMap(({ name, cli }) => {
    const provider = providers.find((candidate) => candidate.cli === cli)
    return provider ? [place({ name }, { cli, provider: provider.id })] : []
  })
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** What the environment names. */
function namedFiles({ dataHome }: ToolRoots): Candidate[] {
  return dataHome === null ? [] : [opencodeFileIn(join(dataHome, 'opencode'), true)]
}

async function filesIn(home: string, hasModes: boolean): Promise<Candidate[]> {
  const [hidden, configured] = await Promise.all([
    directoriesIn(home, (name) => name.startsWith('.')),
    directoriesIn(join(home, '.config'), () => true),
  ])
  const maps = [home, ...hidden, ...configured].map((directory) => ({
    format: 'oauth-tokens' as const,
    file: join(directory, 'oauth_tokens.json'),
    directory,
    hasModes,
  }))
  const kin = await Promise.all(hidden.map((directory) => openclawFiles(directory, hasModes)))
  return [opencodeFileIn(join(home, '.local', 'share', 'opencode'), hasModes), ...kin.flat(), ...maps]
}

function opencodeFileIn(directory: string, hasModes: boolean): Candidate {
  return { format: 'opencode', file: join(directory, 'auth.json'), directory, hasModes }
}

/** The files of every agent below the directory of openclaw, or of one of its kin. */
async function openclawFiles(directory: string | null, hasModes = true): Promise<Candidate[]> {
  if (directory === null) return []
  const agents = await directoriesIn(join(directory, 'agents'), () => true)
  return agents.map((agent) => ({
    format: 'auth-profiles',
    file: join(agent, 'agent', 'auth-profiles.json'),
    directory,
    hasModes,
  }))
}

async function directoriesIn(directory: string, isWanted: (name: string) => boolean): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isDirectory() && isWanted(entry.name))
    .slice(0, MAX_DIRECTORIES)
    .map((entry) => join(directory, entry.name))
    .sort()
}
