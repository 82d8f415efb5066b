/**
 * Judges what a revocation endpoint answered: the login is over, it is still valid and worth another try, or the provider
 * will not end it. Pure: it is given the answer.
 */

import { DAY_MS } from '../lib/clock.ts'
import { readJsonObject } from './foreign-members.ts'
import type { ProviderAnswer } from './token-answer.ts'

/** `code` is a stable word. `retryAfterMs` when the server named a wait. */
export type RevocationJudgement =
  | { kind: 'confirmed' }
  | { kind: 'transient'; code: string; retryAfterMs: number | null }
  | { kind: 'refused'; code: string }

/** The same request may fare better later. RFC 9110 §15.5.9, RFC 8470, RFC 6585 §4 */
const LATER = new Set([408, 425, 429])
/** A server that asks for more is asked again after this. Milliseconds. */
const LONGEST_WAIT_MS = DAY_MS

/**
 * Judges the answer to a revocation request.
 *
 * Errors: none; total
 * Source: RFC 7009 §2.2: 200 also for a token that was unknown; §2.2.1: after a 503 the token must be taken for valid
 */
export function judgeRevocationAnswer(answer: ProviderAnswer): RevocationJudgement {
  const { status } = answer
  // A page is the word of somebody between us and the provider: a network's sign-in, a firewall.
  if (isPage(answer)) return later('html_answer', answer)
  // Some servers say errors with 200.
  if ((status === 200 || status === 204) && !saysError(answer)) return { kind: 'confirmed' }
  if (status < 300) return later('error_answer', answer)
  if (status >= 500 || LATER.has(status)) return later(`http_${status}`, answer)
  return { kind: 'refused', code: `http_${status}` }
}

function later(code: string, { retryAfterMs }: ProviderAnswer): RevocationJudgement {
  return { kind: 'transient', code, retryAfterMs: retryAfterMs ? Math.min(retryAfterMs, LONGEST_WAIT_MS) : null }
}

/** By its text: some servers call an empty answer a page. */
function isPage({ body }: ProviderAnswer): boolean {
  return /^\s*<(!doctype|html|head|body)\b/i.test(body.reveal().slice(0, 200))
}

function saysError({ body }: ProviderAnswer): boolean {
  return Boolean(readJsonObject(body)?.error)
}
