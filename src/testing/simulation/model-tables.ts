/**
 * Tables in memory, for stores that answer in microseconds. Only what a refresh, a recovery, an adoption and the schedule
 * touch is here; `model-store.test.ts` holds it against the real stores.
 */

import type { AccountRow } from '../../db/account-store.ts'
import type { AttemptRow } from '../../db/attempt-store.ts'
import type { AuditEvent } from '../../db/audit-store.ts'
import type { CredentialFileRow } from '../../db/credential-file-store.ts'
import type { CopyRow, TokenFamily } from '../../db/grant-copy-store.ts'
import type { GrantRow } from '../../db/grant-store.ts'
import type { InboxRow } from '../../db/inbox-store.ts'

/** The store function, with the database that it takes first left out and its promise opened. */
export type Query<F> = F extends (database: never, ...given: infer Given) => infer Result
  ? (...given: Given) => Awaited<Result>
  : never
export type Queries<Store, Names extends keyof Store> = { [Name in Names]: Query<Store[Name]> }

/** Told of writes, for rules that must hold after every one of them. */
export interface TableObserver {
  grantChanged(before: GrantRow, after: GrantRow): void
  attemptEnded(attempt: AttemptRow): void
}

export class ModelTables {
  readonly accounts = new Map<string, AccountRow>()
  readonly grants = new Map<string, GrantRow>()
  readonly attempts: AttemptRow[] = []
  readonly inbox = new Map<string, InboxRow>()
  /** By machine and path. */
  readonly files = new Map<string, CredentialFileRow>()
  readonly copies = new Map<string, CopyRow>()
  /** Of the lineage, only whose a refresh token was. */
  readonly generations: (TokenFamily & { fingerprint: string | null })[] = []
  readonly events: AuditEvent[] = []
  readonly observers: TableObserver[] = []
  /** As SQLite's hidden `rowid`: grants in the order in which they came. */
  readonly #rowids = new Map<string, number>()

  /** `now`: the database's clock, epoch milliseconds. */
  constructor(readonly now: () => number) {}

  addGrant(row: GrantRow): void {
    this.grants.set(row.id, row)
    this.#rowids.set(row.id, this.#rowids.size + 1)
    this.#noteGeneration(row)
  }

  rowid(grantId: string): number {
    return this.#rowids.get(grantId)!
  }

  current(accountId: string): GrantRow | null {
    for (const grant of this.grants.values()) {
      if (grant.accountId === accountId && grant.retiredAt === null) return grant
    }
    return null
  }

  /** As an update does: columns that are `undefined` stay. */
  writeGrant(grant: GrantRow, changes: Partial<GrantRow>): void {
    const before = { ...grant }
    assignKnown(grant, changes)
    if (grant.generation !== before.generation) this.#noteGeneration(grant)
    for (const observer of this.observers) observer.grantChanged(before, grant)
  }

  #noteGeneration({ id: grantId, accountId, generation, refreshTokenFingerprint: fingerprint }: GrantRow): void {
    this.generations.push({ accountId, grantId, generation, fingerprint })
  }

  /** With everything that belongs to it, as the database does. */
  removeAccount(accountId: string): void {
    this.accounts.delete(accountId)
    for (const grant of [...this.grants.values()]) if (grant.accountId === accountId) this.#removeGrant(grant.id)
    for (const answer of [...this.inbox.values()]) if (answer.accountId === accountId) this.inbox.delete(answer.id)
  }

  #removeGrant(grantId: string): void {
    this.grants.delete(grantId)
    const left = this.attempts.filter((attempt) => attempt.grantId !== grantId)
    this.attempts.splice(0, this.attempts.length, ...left)
  }

  endAttempt(attempt: AttemptRow, end: Partial<AttemptRow>): void {
    assignKnown(attempt, end)
    for (const observer of this.observers) observer.attemptEnded(attempt)
  }

  event(event: AuditEvent): void {
    this.events.push(event)
  }
}

function assignKnown<Row extends object>(row: Row, changes: Partial<Row>): void {
  for (const name in changes) if (changes[name] !== undefined) row[name] = changes[name] as Row[typeof name]
}
