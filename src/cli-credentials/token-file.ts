/**
 * JSON files in which other tools of this kind keep several logins: the formats that are known, and how one login in such a
 * file is named. Judges text only; opens nothing, and nothing ever writes these files here.
 */

import { resolve } from 'node:path'
import { authProfilesFile } from './auth-profiles-file.ts'
import type { CliName, CredentialJudgement, CredentialPlace } from './credential-file.ts'
import { asRecord, type JsonRecord, parseRecord } from './json-fields.ts'
import { oauthTokensFile } from './oauth-tokens-file.ts'
import { opencodeFile } from './opencode-file.ts'
import type { EntryReading } from './token-entry.ts'

export type TokenFileId = 'opencode' | 'auth-profiles' | 'oauth-tokens'

/** A form of file: which text has it, and what one entry says. */
export interface TokenFileFormat {
  id: TokenFileId
  /** As the tools name it. */
  fileName: string
  /** The tool that a path is of, for people; null when nobody can tell. */
  tool(path: string): string | null
  /** True for an object that is certainly of this form. */
  isForm(root: JsonRecord): boolean
  /** The entries by name, in a file of this form; null when it has none. */
  entries(root: JsonRecord): JsonRecord | null
  judge(name: string, entry: JsonRecord): EntryReading
}

/** In the order in which they are tried: the most telling first. */
export const TOKEN_FILES: readonly TokenFileFormat[] = [authProfilesFile, opencodeFile, oauthTokensFile]

/**
 * One login in a file: `name` null where the file as a whole is meant, because nobody can read what is in it. `keychain`: an
 * item of the macOS Keychain, which stands for the file that the CLI would otherwise have.
 */
export interface FileEntry {
  format: TokenFileId | 'keychain'
  file: string
  name: string | null
  tool: string | null
}

/** A file with one of these is a CLI's own. */
const OWN_KEYS = ['claudeAiOauth', 'tokens', 'auth_mode', 'OPENAI_API_KEY']

/** A longer name is no name of a login, and more entries than this are no person's. */
const MAX_NAME_LENGTH = 200
const MAX_ENTRIES = 100

/**
 * The form that a text has.
 *
 * Shape:  text, null when it could not be read whole → format; null when it has none of them
 * Errors: none; total
 */
export function recognizeTokenFile(text: string | null): TokenFileFormat | null {
  const root = parseRecord(text)
  if (root === null || OWN_KEYS.some((key) => key in root)) return null
  return TOKEN_FILES.find((format) => format.isForm(root)) ?? null
}

/** The entries of a file, each with whose it is; of those that are nobody's known here, none. Errors: none; total */
export function listEntries(format: TokenFileFormat, text: string | null): { name: string; cli: CliName }[] {
  const root = parseRecord(text)
  const entries = (root && format.entries(root)) ?? {}
  return Object.entries(entries)
    .slice(0, MAX_ENTRIES)
    .flatMap(([name, value]) => {
      if (name === '' || name.length > MAX_NAME_LENGTH) return []
      const { cli } = judgeValue(format, name, value)
      return cli === null ? [] : [{ name, cli }]
    })
}

/**
 * What one entry says. The file's other entries are not looked at.
 *
 * Shape:  `torn`: the file is not whole JSON; null: there is no such entry
 * Errors: none; total
 */
export function judgeEntry({ format: id, name }: FileEntry, text: string | null): CredentialJudgement | null {
  const root = parseRecord(text)
  const format = formatOf(id)
  if (root === null || format === undefined) return { state: 'torn' }
  const entries = format.entries(root)
  if (entries === null || name === null || !Object.hasOwn(entries, name)) return null
  return judgeValue(format, name, entries[name]).judgement
}

function judgeValue(format: TokenFileFormat, name: string, value: unknown): EntryReading {
  return format.judge(name, asRecord(value) ?? {})
}

function formatOf(id: FileEntry['format']): TokenFileFormat | undefined {
  return TOKEN_FILES.find((format) => format.id === id)
}

/** What separates the name of a login from the file: `/home/you/.local/share/opencode/auth.json#opencode:openai`. */
const ADDRESS = /^(.+)#(opencode|auth-profiles|oauth-tokens|keychain):([^/\\#]+)$/s

/** The place of an entry. Its path is the file's, with the form and the entry's name behind it. */
export function entryPlace(
  { format, file, name }: Pick<FileEntry, 'format' | 'file' | 'name'>,
  { cli, provider, directory }: Pick<CredentialPlace, 'cli' | 'provider' | 'directory'>,
): CredentialPlace {
  const path = resolve(file)
  const entry: FileEntry = { format, file: path, name, tool: toolOf(format, path) }
  const address = name === null ? path : `${path}#${format}:${escapeName(name)}`
  return { cli, provider, directory, path: address, companionPath: null, kind: 'other', entry }
}

function toolOf(format: FileEntry['format'], path: string): string | null {
  return format === 'keychain' ? 'Claude Code' : (formatOf(format)?.tool(path) ?? null)
}

/** The entry that a path names; null for the path of a file. Errors: none; total */
export function parseEntryPath(path: string): (FileEntry & { name: string }) | null {
  const [, file, format, escaped] = ADDRESS.exec(path) ?? []
  const name = escaped === undefined ? null : unescapeName(escaped)
  if (!file || !format || name === null) return null
  const id = format as FileEntry['format']
  return { format: id, file: resolve(file), name, tool: toolOf(id, resolve(file)) }
}

/** The file that holds a place's login. */
export function fileOfPlace({ path, entry }: Pick<CredentialPlace, 'path' | 'entry'>): string {
  return entry?.file ?? path
}

/** Only what would end or change a path is escaped, so that names stay readable. */
function escapeName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: other programs may put any character into a name
  return name.replace(/[%/\\#\u0000-\u001f\u007f]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

function unescapeName(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
