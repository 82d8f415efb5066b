/**
 * Seals answers anew that wait in the spool of this machine under a former key, so that they can be read when that key is
 * gone. Each is replaced whole; cut off anywhere, an answer is sealed by one key or by the other, and both still open.
 */

import { EnvelopeError } from '../vault/envelope.ts'
import type { SealedPlace } from '../vault/vault.ts'
import type { AccountsContext } from './context.ts'
import { answerPlace, grantPlace } from './grant-tokens.ts'
import type { Answer } from './save-answer.ts'

/**
 * Seals anew what one key sealed.
 *
 * Shape:  → how many answers are still sealed by it: those that do not open, and those whose file cannot be replaced
 * Errors: none expected
 */
export function resealSpool(context: AccountsContext, keyId: string): number {
  const { answerSpool: spool, log } = context
  let left = 0
  for (const { answer } of spool?.list().answers ?? []) {
    if (!isSealedBy(answer, keyId)) continue
    try {
      spool!.write(sealedAnew(context, answer))
    } catch (error) {
      left += 1
      const code = error instanceof EnvelopeError ? error.code : ((error as NodeJS.ErrnoException).code ?? 'unknown')
      log.error('spool.answer_not_sealed_anew', { account: answer.attempt.accountId, attempt: answer.attempt.id, code })
    }
  }
  return left
}

type Columns = 'accessTokenSealed' | 'refreshTokenSealed' | 'idTokenSealed'

const TOKEN_COLUMNS = [
  ['accessTokenSealed', 'access_token_sealed'],
  ['refreshTokenSealed', 'refresh_token_sealed'],
  ['idTokenSealed', 'id_token_sealed'],
] as const satisfies readonly (readonly [Columns, string])[]

function isSealedBy({ sealed, next }: Answer, keyId: string): boolean {
  const envelopes = [sealed.answerSealed, ...TOKEN_COLUMNS.map(([column]) => next[column])]
  return envelopes.some((envelope) => envelope?.startsWith(`v1.${keyId}.`))
}

/** Errors: EnvelopeError when one of its envelopes does not open */
function sealedAnew({ vault }: AccountsContext, answer: Answer): Answer {
  const { attempt, sealed } = answer
  const anew = (place: SealedPlace, envelope: string) => vault.seal(place, vault.open(place, envelope))
  const next = { ...answer.next }
  for (const [column, name] of TOKEN_COLUMNS) {
    const envelope = next[column]
    if (envelope) next[column] = anew(grantPlace(attempt.accountId, attempt.generation + 1, name), envelope)
  }
  const place = answerPlace(attempt.accountId, attempt.generation)
  return { ...answer, next, sealed: { ...sealed, answerSealed: anew(place, sealed.answerSealed) } }
}
