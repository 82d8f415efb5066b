/** Which place the envelope of a column belongs to, for every column that holds envelopes. Stores nothing. */

import type { SealedColumnName, SealedRow } from '../db/sealed-row-store.ts'
import { AUDIT_HEAD_PLACE } from '../vault/audit-head.ts'
import type { SealedPlace } from '../vault/vault.ts'
import { authorizationPlace } from './authorization-view.ts'
import { answerPlace, grantPlace } from './grant-tokens.ts'
import { revocationPlace } from './revocations.ts'

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
  // The one row of facts that is sealed.
  'meta.value': () => AUDIT_HEAD_PLACE,
}

/** The place of an envelope. */
export function placeOf(column: SealedColumnName, row: Row): SealedPlace {
  return PLACES[column](row)
}
