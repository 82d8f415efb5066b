/**
 * Which place the envelope of a column belongs to, for every column that holds envelopes. Rooms that may not be imported
 * from here seal and open by the places that are named here. Stores nothing.
 */

import type { SealedColumnName, SealedRow } from '../db/sealed-row-store.ts'
import { AUDIT_HEAD_PLACE } from '../vault/audit-head.ts'
import type { SealedPlace } from '../vault/vault.ts'
import { authorizationPlace } from './authorization-view.ts'
import { answerPlace, grantPlace } from './grant-tokens.ts'
import { revocationPlace } from './revocations.ts'

/** Where the bytes of a replaced CLI file belong: bound to their row. */
export function backupFilePlace(id: string): SealedPlace {
  return { table: 'backup_files', column: 'content_sealed', owner: id, generation: 0 }
}

/** Where what a CLI keeps of an account beside its tokens belongs. */
export function cliMembersPlace(accountId: string): SealedPlace {
  return { table: 'cli_members', column: 'members_sealed', owner: accountId, generation: 0 }
}

/** Where a kept API key belongs. */
export function consoleKeyPlace(id: string): SealedPlace {
  return { table: 'console_keys', column: 'key_sealed', owner: id, generation: 0 }
}

/** Where the address of an alert channel belongs, and the key that signs what is sent to it. */
export function alertChannelPlace(id: string, column: 'target_sealed' | 'signing_key_sealed'): SealedPlace {
  return { table: 'alert_channels', column, owner: id, generation: 0 }
}

type Row = Pick<SealedRow, 'owner' | 'generation'>

const ofGrant =
  (column: Parameters<typeof grantPlace>[2]) =>
  ({ owner, generation }: Row) =>
    grantPlace(owner, generation, column)
const ofAuthorization =
  (column: Parameters<typeof authorizationPlace>[1]) =>
  ({ owner }: Row) =>
    authorizationPlace(owner, column)

const PLACES: Record<SealedColumnName, (row: Row) => SealedPlace> = {
  'grants.access_token_sealed': ofGrant('access_token_sealed'),
  'grants.refresh_token_sealed': ofGrant('refresh_token_sealed'),
  'grants.id_token_sealed': ofGrant('id_token_sealed'),
  'inbox.answer_sealed': ({ owner, generation }) => answerPlace(owner, generation),
  'authorizations.state_sealed': ofAuthorization('state'),
  'authorizations.code_verifier_sealed': ofAuthorization('code_verifier'),
  'authorizations.device_code_sealed': ofAuthorization('device_code'),
  'revocations.token_sealed': ({ owner }) => revocationPlace(owner),
  'backup_files.content_sealed': ({ owner }) => backupFilePlace(owner),
  'cli_members.members_sealed': ({ owner }) => cliMembersPlace(owner),
  'console_keys.key_sealed': ({ owner }) => consoleKeyPlace(owner),
  'alert_channels.target_sealed': ({ owner }) => alertChannelPlace(owner, 'target_sealed'),
  'alert_channels.signing_key_sealed': ({ owner }) => alertChannelPlace(owner, 'signing_key_sealed'),
  // The one row of facts that is sealed.
  'meta.value': () => AUDIT_HEAD_PLACE,
}

/** The place of an envelope. */
export function placeOf(column: SealedColumnName, row: Row): SealedPlace {
  return PLACES[column](row)
}
