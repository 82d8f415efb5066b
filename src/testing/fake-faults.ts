/** Misbehaviour on demand: which requests of the fake provider go wrong, how, and how often. */

import type { FakeEndpoint } from './fake-ledger.ts'

export type Fault =
  /** The provider never sees the request: refused in process, reset on a socket. */
  | { kind: 'drop_before' }
  /** The provider does its work and the answer is lost. */
  | { kind: 'drop_after' }
  /** Works after this long, by the provider's clock; with `after`, the answer waits instead of the work. */
  | { kind: 'delay'; ms: number; after?: boolean }
  /** Refuses to work and answers this. A body that is no text is sent as JSON. */
  | { kind: 'status'; status: number; body?: unknown; headers?: Record<string, string> }
  /** Somebody between answers 403 with a page. */
  | { kind: 'blocked' }
  /** Somebody between answers 200 with a sign-in page of a network. */
  | { kind: 'captive_portal' }
  /** Works, and sends half of the answer as if it were whole. */
  | { kind: 'truncated' }
  /** Works, and says 307 instead of answering. */
  | { kind: 'redirect'; location: string }
  /** Works, and answers with these fields changed; `undefined` removes one. */
  | { kind: 'change'; fields: Record<string, unknown> }
  /** Works, but for somebody else: a grant of another person. */
  | { kind: 'other_identity'; identity: string }

export interface FaultRule {
  endpoint: FakeEndpoint
  fault: Fault
  /** Only for this person's requests; anybody's unless told. */
  identity?: string
  /** How many requests it strikes; 1 unless told, Infinity for all. */
  times?: number
}

/** Rules in the order they were added; the first that fits strikes. */
export class FakeFaults {
  #rules: { rule: FaultRule; left: number }[] = []

  /** Adds a rule; the result removes it. */
  add(rule: FaultRule): () => void {
    const entry = { rule, left: rule.times ?? 1 }
    this.#rules.push(entry)
    return () => {
      this.#rules = this.#rules.filter((other) => other !== entry)
    }
  }

  /** The fault that strikes this request now, used up by one; null for none. */
  take(endpoint: FakeEndpoint, identity: string | null): Fault | null {
    const entry = this.#rules.find(
      ({ rule, left }) =>
        left > 0 && rule.endpoint === endpoint && (rule.identity === undefined || rule.identity === identity),
    )
    if (!entry) return null
    entry.left -= 1
    return entry.rule.fault
  }

  /** Rules that have struck less often than they should: a test that planned a fault asserts that this is empty. */
  unused(): FaultRule[] {
    return this.#rules.filter(({ left }) => left > 0 && Number.isFinite(left)).map(({ rule }) => rule)
  }

  clear(): void {
    this.#rules = []
  }
}
