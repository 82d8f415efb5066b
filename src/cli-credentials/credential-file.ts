/**
 * What a credential file of a coding CLI holds, in one shape for all CLIs. Reading only judges what is there;
 * it never writes, refreshes or signs out.
 */

import type { Secret } from '../lib/secret.ts'
import type { Identity } from '../oauth/identity.ts'
import type { CliName } from '../oauth/provider.ts'
import type { FileEntry } from './token-file.ts'

export type { CliName } from '../oauth/provider.ts'

/** default: the CLI's own place; environment: named by CLAUDE_CONFIG_DIR or CODEX_HOME; profile: made by us. */
export const PLACE_KINDS = ['default', 'environment', 'profile', 'other'] as const
export type PlaceKind = (typeof PLACE_KINDS)[number]

/** A place where a CLI, or another tool, keeps a login. */
export interface CredentialPlace {
  /** The CLI whose kind of login it is. */
  cli: CliName
  /** Provider whose grants lie here. */
  provider: string
  /** The directory: CLAUDE_CONFIG_DIR or CODEX_HOME, or their defaults, or a profile of ours. */
  directory: string
  /** Where the CLI keeps its sessions; absent where that is `directory`. */
  sessionsDirectory?: string
  /** The credential file itself; of a login among several in a file, the file and the login's name. */
  path: string
  /** Where `oauthAccount` lies (Claude only): `.claude.json`. */
  companionPath: string | null
  kind: PlaceKind
  /** False where owner and mode of files say nothing, as on a disk of Windows. */
  hasModes?: boolean
  /** Which login of a file of another tool it is; absent where the file is the CLI's own. */
  entry?: FileEntry
}

/** The tokens of a live file. Instants in epoch milliseconds; null = the file does not say. */
export interface CredentialTokens {
  accessToken: Secret
  refreshToken: Secret | null
  idToken: Secret | null
  scopes: string[]
  accessTokenExpiresAt: number | null
  loginExpiresAt: number | null
  clientId: string | null
  /** Codex: `last_refresh`. */
  lastRefreshAt: number | null
}

/**
 * What was found. `blanked`: no login is in it, mostly because the CLI ended it. `torn`: not whole JSON of the form that the
 * CLI itself can read, even after waiting for a writer. `unusable`: one login among several in a whole file that its own
 * tool cannot use, such as one with a member of a wrong type. `api_key`: another kind of login than tokens of an account.
 * `keyring`: the CLI is set to keep its login in the system's keyring. `foreign`: a symlink, a directory, or another
 * owner's file. `not_permitted`: exists but cannot be read, or anybody can write it.
 */
export type CredentialReading =
  | {
      state: 'live'
      tokens: CredentialTokens
      identity: Identity | null
      modifiedAt: number
      warnings: CredentialWarning[]
    }
  | { state: 'missing' | 'keyring' }
  | { state: 'blanked' | 'torn' | 'api_key' | 'unusable'; modifiedAt: number }
  | { state: 'not_permitted' | 'foreign'; detail: string }

/**
 * Peculiarities worth telling. `readable_by_others`: mode wider than 0600. `symlink`: one was followed. `never_refreshed`:
 * the CLI would never refresh it, since the file does not say when. `expiry_in_seconds`: an instant stood in seconds where
 * the CLI means milliseconds. `no_account_id`, `scopes_missing`: the CLI would not accept it. `identity_may_lag`: the
 * identity comes from a neighbouring file that a switch may have left behind. `scopes_untold`: the file does not keep them.
 */
export type CredentialWarning =
  | 'readable_by_others'
  | 'symlink'
  | 'never_refreshed'
  | 'expiry_in_seconds'
  | 'no_account_id'
  | 'scopes_missing'
  | 'identity_may_lag'
  | 'scopes_untold'

/** What the text of a credential file says, before the file's own state is added. */
export type CredentialJudgement =
  | { state: 'live'; tokens: CredentialTokens; identity: Identity | null; warnings: CredentialWarning[] }
  | { state: 'blanked' | 'torn' | 'api_key' | 'unusable' }
