/**
 * Seals and opens the tokens of a grant, each bound to its column, account and generation. The only place that knows
 * which envelope belongs where. Stores nothing.
 */

import type { GrantRow } from '../db/grant-store.ts'
import type { Secret } from '../lib/secret.ts'
import type { SealedPlace, Vault } from '../vault/vault.ts'

export interface GrantTokens {
  accessToken: Secret
  refreshToken: Secret | null
  idToken: Secret | null
}

/** The columns of a grant row that hold its tokens, ready to be written. */
export type SealedGrantTokens = Pick<
  GrantRow,
  'accessTokenSealed' | 'refreshTokenSealed' | 'idTokenSealed' | 'accessTokenFingerprint' | 'refreshTokenFingerprint'
>

type TokenColumn = 'access_token_sealed' | 'refresh_token_sealed' | 'id_token_sealed'

/** Where a token of a grant belongs. */
export function grantPlace(accountId: string, generation: number, column: TokenColumn): SealedPlace {
  return { table: 'grants', column, owner: accountId, generation }
}

/** Where a kept answer belongs. `generation` is that of the grant whose refresh token was spent for it. */
export function answerPlace(accountId: string, generation: number): SealedPlace {
  return { table: 'inbox', column: 'answer_sealed', owner: accountId, generation }
}

/** The tokens of a grant, each sealed and bound to its account, generation and column. */
export function sealTokens(
  vault: Vault,
  accountId: string,
  generation: number,
  tokens: GrantTokens,
): SealedGrantTokens {
  const seal = (column: TokenColumn, token: Secret) => vault.seal(grantPlace(accountId, generation, column), token)
  return {
    accessTokenSealed: seal('access_token_sealed', tokens.accessToken),
    refreshTokenSealed: tokens.refreshToken && seal('refresh_token_sealed', tokens.refreshToken),
    idTokenSealed: tokens.idToken && seal('id_token_sealed', tokens.idToken),
    accessTokenFingerprint: vault.fingerprint('access_token', tokens.accessToken),
    refreshTokenFingerprint: tokens.refreshToken && vault.fingerprint('refresh_token', tokens.refreshToken),
  }
}

/** False for a grant whose tokens were given up together with the key that sealed them. */
export function hasTokens(grant: Pick<GrantRow, 'accessTokenSealed'>): boolean {
  return grant.accessTokenSealed !== ''
}

/** Opens the tokens of a grant. Errors: EnvelopeError when an envelope is not of this row or of another key. */
export function openTokens(vault: Vault, grant: GrantRow): GrantTokens {
  const open = (column: TokenColumn, envelope: string) =>
    vault.open(grantPlace(grant.accountId, grant.generation, column), envelope)
  return {
    accessToken: open('access_token_sealed', grant.accessTokenSealed),
    refreshToken: grant.refreshTokenSealed === null ? null : open('refresh_token_sealed', grant.refreshTokenSealed),
    idToken: grant.idTokenSealed === null ? null : open('id_token_sealed', grant.idTokenSealed),
  }
}
