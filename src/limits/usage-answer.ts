/** Judges the answer to a usage request, and what the parser of the provider's format makes of it. Sends nothing. */

import { readJsonObject } from '../oauth/foreign-members.ts'
import type { UsageFormat } from '../oauth/provider.ts'
import type { ProviderAnswer } from '../oauth/token-answer.ts'
import { USAGE_PARSERS } from '../usage/usage-formats.ts'
import type { UsageReading } from '../usage/usage-reading.ts'

/**
 * `not_permitted`: the token is good and lacks the scope. `rejected_token`: the token is not. `rate_limited`: asked too
 * often. `failed`: anything else, with a stable code.
 */
export type UsageAnswer =
  | { kind: 'read'; reading: UsageReading }
  | { kind: 'not_permitted' | 'rejected_token' | 'rate_limited' | 'failed'; code: string; retryAfterMs: number | null }

/**
 * Judges an answer. Total.
 *
 * Source: RFC 6750 §3.1 for 401; a 403 in JSON speaks of the scope only where it says so, and is else about headers,
 *   workspace or a firewall, never about an expired token
 */
export function judgeUsageAnswer(answer: ProviderAnswer, format: UsageFormat, now: number): UsageAnswer {
  const { status, retryAfterMs } = answer
  const body = readJsonObject(answer.body)
  if (status === 401) return { kind: 'rejected_token', code: 'rejected_token', retryAfterMs }
  if (status === 403 && body && /\bscope\b/i.test(JSON.stringify(body)))
    return { kind: 'not_permitted', code: 'not_permitted', retryAfterMs }
  if (status === 403) return { kind: 'failed', code: body ? 'forbidden' : 'blocked', retryAfterMs }
  if (status === 429) return { kind: 'rate_limited', code: 'rate_limited', retryAfterMs }
  if (status !== 200) return { kind: 'failed', code: status >= 500 ? 'server_error' : `http_${status}`, retryAfterMs }
  const reading = body && USAGE_PARSERS[format](body, now)
  return reading ? { kind: 'read', reading } : { kind: 'failed', code: 'not_a_reading', retryAfterMs }
}
