/**
 * What a profile shares with the CLI's main home, kind by kind, as the person chose. Directories that the CLI only adds to
 * are linked; files that it replaces are copied, since a link would not survive. Credentials are never among it.
 */

import { lstat, mkdir, readFile, readlink, rename, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CLIS } from '../cli-credentials/clis/index.ts'
import type { CliName } from '../cli-credentials/credential-file.ts'

/** What can be shared. */
export const SHARED_KINDS = ['settings', 'instructions', 'commands', 'agents', 'skills', 'history'] as const
export type SharedKind = (typeof SHARED_KINDS)[number]

/**
 * How one entry of a home is shared. `link`: one directory for both. `copy`: taken over once, and again on demand; each
 * side then goes its own way.
 */
interface SharedEntry {
  name: string
  how: 'link' | 'copy'
  /** Leaves out of a copy what gives the CLI other credentials than the profile's login, or another store for it. */
  withoutCredentials?: (text: string) => string
}

/** Where each CLI keeps a kind. Source: Claude Code 2.1.330, codex 0.169.0: their documented directories. */
const ENTRIES: Record<CliName, Record<SharedKind, readonly SharedEntry[]>> = {
  claude: {
    settings: [{ name: 'settings.json', how: 'copy', withoutCredentials: claudeSettings }],
    instructions: [{ name: 'CLAUDE.md', how: 'copy' }],
    commands: [{ name: 'commands', how: 'link' }],
    agents: [{ name: 'agents', how: 'link' }],
    skills: [{ name: 'skills', how: 'link' }],
    history: [{ name: 'projects', how: 'link' }],
  },
  codex: {
    settings: [{ name: 'config.toml', how: 'copy', withoutCredentials: codexSettings }],
    instructions: [{ name: 'AGENTS.md', how: 'copy' }],
    commands: [{ name: 'prompts', how: 'link' }],
    agents: [{ name: 'agents', how: 'link' }],
    skills: [{ name: 'skills', how: 'link' }],
    history: [{ name: 'sessions', how: 'link' }],
  },
}

/** True for a kind that can be shared. */
export function isSharedKind(text: string): text is SharedKind {
  return (SHARED_KINDS as readonly string[]).includes(text)
}

/**
 * Brings what is chosen into a profile, and takes the links of what is not chosen out of it. What the profile has of its
 * own under such a name stays; so does a copy, unless it is to be replaced.
 *
 * Shape:  → kinds of which something is shared now
 * Errors: those of the file system
 */
export async function shareWithProfile(
  cli: CliName,
  mainHome: string,
  profile: string,
  chosen: readonly SharedKind[],
  { replacesCopies = false }: { replacesCopies?: boolean } = {},
): Promise<SharedKind[]> {
  const shared: SharedKind[] = []
  for (const kind of SHARED_KINDS) {
    for (const entry of ENTRIES[cli][kind]) {
      const from = join(mainHome, entry.name)
      const to = join(profile, entry.name)
      if (!chosen.includes(kind)) await unlinkOurs(from, to)
      else if (entry.how === 'link' ? await link(from, to) : await copy(entry, from, to, replacesCopies))
        shared.push(kind)
    }
  }
  return shared
}

/** Removes a link that leads into the main home; anything else is the profile's own. */
async function unlinkOurs(from: string, to: string): Promise<void> {
  if ((await readlink(to).catch(() => null)) === from) await unlink(to)
}

async function link(from: string, to: string): Promise<boolean> {
  const isThere = await stat(from).then(
    (found) => found.isDirectory(),
    () => false,
  )
  const before = await lstat(to).catch(() => null)
  if (before !== null) return (await readlink(to).catch(() => null)) === from
  // Made where it is missing, so that what either side adds later is shared too.
  if (!isThere) await mkdir(from, { recursive: true, mode: 0o700 })
  // A junction is what Windows lets everybody make; other systems do not look at the third argument.
  await symlink(from, to, 'junction')
  return true
}

async function copy(
  { withoutCredentials = (text) => text }: SharedEntry,
  from: string,
  to: string,
  replaces: boolean,
): Promise<boolean> {
  const text = await readFile(from, 'utf8').catch(() => null)
  if (text === null) return false
  const before = await lstat(to).catch(() => null)
  if (before !== null && !(replaces && before.isFile())) return before.isFile()
  const draft = `${to}.${process.pid}.new`
  await rm(draft, { force: true })
  await writeFile(draft, withoutCredentials(text), { mode: 0o600, flag: 'wx' })
  await rename(draft, to)
  return true
}

/** Keys of Claude Code's settings that give it other credentials. */
const CLAUDE_CREDENTIAL_KEYS = ['apiKeyHelper', 'awsAuthRefresh', 'awsCredentialExport', 'otelHeadersHelper']

function claudeSettings(text: string): string {
  let settings: Record<string, unknown>
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return '{}\n'
    settings = { ...parsed }
  } catch {
    // Not whole: whatever is in it cannot be judged.
    return '{}\n'
  }
  for (const key of CLAUDE_CREDENTIAL_KEYS) delete settings[key]
  const { env } = settings
  if (typeof env === 'object' && env !== null) {
    settings.env = Object.fromEntries(Object.entries(env).filter(([variable]) => !isCredentialVariable(variable)))
  }
  return `${JSON.stringify(settings, null, 2)}\n`
}

function isCredentialVariable(name: string): boolean {
  return CLIS.claude.outrankingVariables.includes(name) || /(TOKEN|API_KEY|SECRET|PASSWORD)$/i.test(name)
}

/** Keys of codex's settings that give it other credentials, or keep the login elsewhere than in the profile's file. */
const CODEX_CREDENTIAL_LINE =
  /^\s*"?(cli_auth_credentials_store|http_headers|env_http_headers|env|[A-Za-z_]*(?:token|api_key|secret|password))"?\s*=/i
const CODEX_CREDENTIAL_TABLE = /^\s*\[.*\.(http_headers|env_http_headers|env)"?\s*\]/
const TABLE = /^\s*\[/

function codexSettings(text: string): string {
  let isLeftOut = false
  const kept = text.split('\n').filter((line) => {
    if (TABLE.test(line)) isLeftOut = CODEX_CREDENTIAL_TABLE.test(line)
    return !isLeftOut && !CODEX_CREDENTIAL_LINE.test(line)
  })
  // A value over several lines may have lost its first one; half of a file is worse than none.
  return isWholeToml(kept.join('\n')) ? kept.join('\n') : ''
}

function isWholeToml(text: string): boolean {
  try {
    Bun.TOML.parse(text)
    return true
  } catch {
    return false
  }
}
