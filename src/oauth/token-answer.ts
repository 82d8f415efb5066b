/**
 * An answer as it came: status, the few headers that matter, and the whole body under seal of `Secret`.
 */

import type { Secret } from '../lib/secret.ts'

/** What an endpoint answered, before anybody judged it. */
export interface ProviderAnswer {
  status: number
  /** Lower-case media type without parameters; '' when none was given. */
  mediaType: string
  /** From Retry-After / Retry-After-Ms, milliseconds; null when absent or unreadable. */
  retryAfterMs: number | null
  /** The server's Date header, epoch milliseconds; null when absent. */
  serverTime: number | null
  /** The whole body, at most 1 MiB, as text. May hold tokens. */
  body: Secret
  /** The secrets that the request carried: servers repeat them in what they say of an error. */
  sent?: readonly Secret[]
}
