/** Every request that reached the fake provider, without its secrets: what tests count and compare. */

import { createHash } from 'node:crypto'

export type FakeEndpoint =
  | `${'claude' | 'codex'}.${'authorize' | 'exchange' | 'refresh' | 'revoke' | 'usage' | 'unknown'}`
  | 'claude.profile'
  | 'claude.api-key'
  | `copilot.${'device' | 'poll' | 'refresh' | 'user' | 'internal'}`
  | 'codex.accounts-check'
  | 'codex.device.usercode'
  | 'codex.device.poll'

export interface LedgerEntry {
  /** Epoch milliseconds by the provider's clock. */
  at: number
  endpoint: FakeEndpoint
  method: string
  /** Without the query. */
  path: string
  /** Without parameters; '' when none. */
  contentType: string
  userAgent: string | null
  originator: string | null
  /** Body fields; values that are secrets are replaced by `fingerprint(value)`. */
  fields: Record<string, string>
  /** Whose grant it was about, by identity name; null when that is not known. */
  identity: string | null
  /** What the provider did with it, whether or not the answer arrived: `granted`, an OAuth error code, `ok`, … */
  outcome: string
  status: number
  /** False when a fault kept the answer from arriving whole. */
  delivered: boolean
}

const SECRET_FIELDS = new Set([
  'code',
  'code_verifier',
  'refresh_token',
  'access_token',
  'token',
  'state',
  'device_auth_id',
  'subject_token',
])

/** Says whether two secrets were the same without keeping them: `fp_` and 12 hex digits. */
export function fingerprint(secret: string): string {
  return `fp_${createHash('sha256').update(secret).digest('hex').slice(0, 12)}`
}

/** Body fields as the ledger keeps them. */
export function withoutSecrets(fields: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      SECRET_FIELDS.has(name) ? fingerprint(String(value)) : String(value),
    ]),
  )
}

/** Entries in the order in which their requests came. */
export class FakeLedger {
  readonly entries: LedgerEntry[] = []

  add(entry: LedgerEntry): LedgerEntry {
    this.entries.push(entry)
    return entry
  }

  /** Entries of one endpoint, of one person when named. */
  of(endpoint: FakeEndpoint, identity?: string): LedgerEntry[] {
    return this.entries.filter(
      (entry) => entry.endpoint === endpoint && (identity === undefined || entry.identity === identity),
    )
  }

  count(endpoint: FakeEndpoint, outcome?: string): number {
    return this.of(endpoint).filter((entry) => outcome === undefined || entry.outcome === outcome).length
  }

  clear(): void {
    this.entries.length = 0
  }
}
