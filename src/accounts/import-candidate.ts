/** A credential file that was found on this machine, and what can be done with it. */

import type { PlaceKind } from '../cli-credentials/credential-file.ts'

export { PLACE_KINDS } from '../cli-credentials/credential-file.ts'

/** Stable code of the sentence that says what a found file is and what can be done with it; sentences in messages/. */
export type ImportAdvice =
  | 'link' // live, not followed yet
  | 'link_in_use' // live, and a running CLI uses it now
  | 'linked' // live and followed already
  | 'dashboard_has_own' // live, but this identity is already in dashboard custody with another login
  | 'conflict' // live, and holds a copy of a login that the dashboard refreshes
  | 'expired' // live, its access token has expired: the CLI refreshes it when used
  | 'login_over' // live, but the end of the whole login has passed
  | 'no_refresh_token' // live, but cannot be refreshed by anybody
  | 'identity_unknown' // live, but whose it is cannot be told from the file
  | 'link_tool' // live, in the file of another tool, not followed yet
  | 'link_tool_in_use' // the same, and a running program uses it now
  | 'tool_identity_asked' // the same, and the provider must be asked whose it is
  | 'tool_linked' // the same, and followed already
  | 'tool_conflict' // in the file of another tool, a copy of a login that the dashboard refreshes
  | 'keychain' // in the macOS Keychain: opened on a click only
  | 'keychain_linked' // the same, and linked
  | 'keychain_conflict' // the same, and a copy of a login that the dashboard refreshes
  | 'unusable' // an entry that its own tool cannot use
  | 'blanked'
  | 'torn'
  | 'missing'
  | 'api_key'
  | 'keyring'
  | 'not_permitted'
  | 'foreign'

/** A credential file found on this machine. */
export interface ImportCandidate {
  path: string
  provider: string
  kind: PlaceKind
  store: 'file' | 'keychain' | 'keyring'
  /** The other tool whose file it is, and which of the logins in it; null for a CLI's own file. */
  entry: { tool: string | null; name: string | null } | null
  /** The item's name in a keyring; null for a file. */
  storeItem: string | null
  state: 'live' | 'blanked' | 'torn' | 'unusable' | 'missing' | 'api_key' | 'keyring' | 'not_permitted' | 'foreign'
  advice: ImportAdvice
  identity: {
    subject: string
    organizationId: string
    organizationName: string | null
    email: string | null
    plan: string | null
  } | null
  modifiedAt: number | null
  accessTokenExpiresAt: number | null
  loginExpiresAt: number | null
  /** Names of running programs that use the file now; null where this system does not show them. */
  usedBy: string[] | null
  /** The account that already follows or holds it, or null. */
  accountId: string | null
  canLink: boolean
  canTakeOver: boolean
  /** It lies in the macOS Keychain, which is opened on a click only. */
  canReadKeychain: boolean
}
