/**
 * Judges what a provider answered to the wish for an API key: made, refused, or nobody knows. Pure. The wish cannot be sent
 * twice, so only a whole refusal counts as one.
 */

import { Secret } from '../lib/secret.ts'
import { readJsonObject } from './foreign-members.ts'
import type { Provider } from './provider.ts'
import type { ProviderAnswer } from './token-answer.ts'
import { errorCode, errorDetail } from './token-response.ts'

/**
 * `rejected_token`: the access token is not good, so nothing was made. `refused`: the provider says no. `unknown`: a key may
 * have been made that nobody saw. `code` is a stable word; `detail` the provider's own words, cleaned and cut.
 */
export type ApiKeyJudgement =
  | { kind: 'made'; key: Secret }
  | { kind: 'rejected_token' }
  | { kind: 'refused'; code: string; detail: string | null }
  | { kind: 'unknown'; code: string }

/** Keys become headers, so nothing but visible ASCII may be in one. Source: RFC 9110 §5.5 */
const KEY = /^[\x21-\x7e]{8,1024}$/

/**
 * Judges the answer.
 *
 * Errors: none; total
 */
export function judgeApiKeyAnswer(provider: Pick<Provider, 'apiKeys'>, answer: ProviderAnswer): ApiKeyJudgement {
  const { status } = answer
  const members = readJsonObject(answer.body) ?? {}
  if (status === 401) return { kind: 'rejected_token' }
  if (status >= 200 && status < 300) {
    const key = members[provider.apiKeys?.member ?? '']
    if (typeof key === 'string' && KEY.test(key)) return { kind: 'made', key: new Secret(key) }
    return { kind: 'unknown', code: 'not_readable' }
  }
  if (status >= 500) return { kind: 'unknown', code: `http_${status}` }
  const code = errorCode(members, answer.sent) ?? (status === 429 ? 'rate_limited' : `http_${status}`)
  return { kind: 'refused', code, detail: errorDetail(members, answer.sent) }
}
