/**
 * What a credential file of a coding CLI holds, in one shape for all CLIs. Reading only judges what is there;
 * it never writes, refreshes or signs out.
 */

import type { Secret } from '../lib/secret.ts'
import type { Identity } from '../oauth/identity.ts'

export type CliName = 'claude' | 'codex'

/** A place where a CLI keeps its login. */
export interface CredentialPlace {
  cli: CliName
  /** Provider whose grants lie here. */
  provider: string
  /** The directory: CLAUDE_CONFIG_DIR or CODEX_HOME, or their defaults, or a profile of ours. */
  directory: string
  /** The credential file itself. */
  path: string
  /** Where `oauthAccount` lies (Claude only): `.claude.json`. */
  companionPath: string | null
  kind: 'default' | 'environment' | 'profile' | 'other'
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
 * What was found. `blanked`: the CLI ended the login itself. `torn`: not whole JSON, even after waiting for a writer.
 * `keyring`: the CLI is set to keep its login in the system's keyring. `foreign`: a symlink, a directory, or another
 * owner's file. `not_permitted`: exists but cannot be read, or others can read it.
 */
export type CredentialReading =
  | { state: 'live'; tokens: CredentialTokens; identity: Identity | null; modifiedAt: number; warnings: CredentialWarning[] }
  | { state: 'missing' | 'keyring' }
  | { state: 'blanked' | 'torn' | 'api_key'; modifiedAt: number }
  | { state: 'not_permitted' | 'foreign'; detail: string }

/** Peculiarities worth telling: file mode wider than 0600, a symlink that was followed, the CLI would not accept it. */
export type CredentialWarning = 'readable_by_others' | 'symlink' | 'never_refreshed' | 'no_account_id' | 'scopes_missing'
