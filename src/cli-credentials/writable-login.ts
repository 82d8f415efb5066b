/**
 * A login in the form in which it goes into a CLI's files and comes out of them: tokens, whose they are, and what the CLI
 * itself keeps beside them for this account alone.
 */

import type { Secret } from '../lib/secret.ts'
import type { Identity } from '../oauth/identity.ts'
import type { CredentialWarning } from './credential-file.ts'

/** What is written. Instants in epoch milliseconds; null = not known. */
export interface WritableLogin {
  identity: Identity
  accessToken: Secret
  refreshToken: Secret | null
  /** Codex refuses a file without one. */
  idToken: Secret | null
  scopes: string[]
  accessTokenExpiresAt: number | null
  loginExpiresAt: number | null
  /** The client that obtained it, where that is not the CLI's own; null = the CLI's own. */
  clientId: string | null
  /** When the access token was issued: `last_refresh` of codex. */
  issuedAt: number
  /**
   * What the CLI keeps for this account only (provenance, device trust, names), as `loginOf` found it: text that says
   * whose it is, to be sealed and handed back as it stands. Null when the account was never in such a file.
   */
  members: Secret | null
}

/** What is in the files now. `identity` is null when they do not say; then `members` is null as well. */
export type HarvestedLogin = Omit<WritableLogin, 'identity'> & {
  identity: Identity | null
  warnings: CredentialWarning[]
}
