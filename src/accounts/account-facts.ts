/**
 * Reads what a list of accounts is made of: four queries however many accounts there are, and none while nothing was
 * written since. No sealed column.
 */

import { type AccountFacts, type CredentialFileRow, listAccountFacts, listObservedFiles } from '../db/account-store.ts'
import { type Database, revisionOf } from '../db/client.ts'
import { type KnownCopy, listKnownCopies } from '../db/grant-copy-store.ts'
import type { AccountsContext } from './context.ts'
import { retirementOf } from './machines.ts'

/** Shared between readers: nobody changes it. */
export interface ListFacts {
  /** In the order that the person gave them. */
  rows: readonly AccountFacts[]
  files: readonly CredentialFileRow[]
  /** By account. */
  copies: ReadonlyMap<string, readonly KnownCopy[]>
  machineRetiredAt: number | null
}

/** Facts of more accounts are read each time: what a process holds must not grow with them. About 2 KB for each one. */
const MOST_KEPT = 200

interface Kept {
  revision: number
  facts: ListFacts
}

/** What was last read of each database that only its own process writes. */
const kept = new WeakMap<Database, Kept>()

/** The facts of every account, or of one. Errors: StoreError */
export async function readFacts(context: AccountsContext, id?: string): Promise<ListFacts> {
  if (id !== undefined) return ask(context, id)
  const { database } = context
  // Before the question: what is written while it is under way must not count as known.
  const revision = revisionOf(database)
  const known = kept.get(database)
  if (known && known.revision === revision) return known.facts
  const facts = await ask(context)
  if (revision !== null && facts.rows.length <= MOST_KEPT) kept.set(database, { revision, facts })
  else kept.delete(database)
  return facts
}

async function ask(context: AccountsContext, id?: string): Promise<ListFacts> {
  const { database } = context
  const [rows, files, known, machineRetiredAt] = await Promise.all([
    listAccountFacts(database, id),
    listObservedFiles(database),
    listKnownCopies(database, id),
    retirementOf(context),
  ])
  return { rows, files, copies: Map.groupBy(known, ({ accountId }) => accountId), machineRetiredAt }
}
