/** What a coding CLI is to this room: data, and code only where no data says it. Opens nothing. */

import type { CliName, CredentialPlace } from '../credential-file.ts'
import type { DirectoryLockRule } from '../directory-lock.ts'

/** The locks of a place: directories that are old after a time, or files that the system itself locks. */
export type CliLocks =
  | { kind: 'directories'; rules: readonly DirectoryLockRule[] }
  | { kind: 'files'; paths: readonly string[] }

/** `write`: all locks, for changing files. `refresh`: those that the CLI holds while it renews. */
export type LockScope = 'write' | 'refresh'

/** An item of the system's keyring, as the system's own program for keys shows it. */
export interface KeyringItem {
  store: 'keychain' | 'keyring'
  service: string
  account: string | null
}

/** One coding CLI. */
export interface Cli {
  name: CliName
  /** Its directory below a home. */
  homeDirectory: string
  /** The file in its directory that holds the login. */
  credentialFile: string
  /** The file beside it that names the account; null where there is none. */
  companionFile: string | null
  /** Members of which one alone tells that a file is this CLI's, whatever its name. */
  ownKeys: readonly string[]
  /** True when its file may be looked for in a directory that somebody named, by the directory's name. */
  mayOwn(directoryName: string): boolean
  /** The variables that name its directory, the one that we set first. */
  directoryVariables: readonly [string, ...string[]]
  /** Variables that it prefers to the login in its directory. */
  outrankingVariables: readonly string[]
  /** The variable in which it takes a bare access token instead of a login. */
  tokenVariable: string
  /** How it is told to sign in, and whether it may ask for a code that the browser shows. */
  signIn: { args: readonly string[]; takesCode: boolean }
  /** Whether it goes through a symlink in place of its file. */
  symlinks: 'follow' | 'refuse'
  /** Whether it holds its locks for as long as it waits for a new token. */
  holdsLocksWhileRenewing: boolean
  /** Its locks of a place, in its own order; `directory` has its links resolved. */
  locks(place: Pick<CredentialPlace, 'companionPath'>, directory: string, scope: LockScope): CliLocks
  /** Where it keeps the login of a directory in the system's keyring; `realDirectory` has its links resolved. */
  keyringItem(place: Pick<CredentialPlace, 'directory' | 'kind'>, realDirectory: string): KeyringItem
  /** The platform whose own program opens that item and asks its owner first; null where none does. */
  keyringOpensOn: string | null
  /** How other tools name those whose logins it keeps. */
  namesInTools: RegExp
}
