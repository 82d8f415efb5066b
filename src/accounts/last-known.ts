/**
 * The accounts as they were last read, in memory, for the time when the database is away: a page may show them with their
 * age, and nothing is ever done because of them.
 */

import type { AccountSummary } from './account-summary.ts'

/** What was read, and when; epoch milliseconds. */
export interface KnownAccounts {
  accounts: AccountSummary[]
  readAt: number
}

/** Keeps one reading of all accounts. */
export class LastKnown {
  #known: KnownAccounts | null = null

  keep(accounts: AccountSummary[], readAt: number): void {
    this.#known = { accounts, readAt }
  }

  recall(): KnownAccounts | null {
    return this.#known
  }
}
