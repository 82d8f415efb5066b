/**
 * Reads what a list of accounts is made of: four queries however many accounts there are, and none while nothing was
 * written since. No sealed column.
 */

import {
  type AccountFacts,
  accountFactsInParts,
  listAccountFacts,
  listObservedFiles,
} from '../db/account-facts-store.ts'
import { type Database, revisionOf } from '../db/client.ts'
import type { CredentialFileRow } from '../db/credential-file-store.ts'
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

/**
 * Facts of more accounts are read each time: what a process holds must not grow with them. About 2 KB for each one. Fewer
 * than the store reads at once.
 */
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
  keep(database, revision, facts)
  return facts
}

/**
 * The facts of every account in parts, for whoever looks at all of them and holds none: each part in the person's order, all
 * together in none. Few accounts are one part. Errors: StoreError
 */
export async function* factsInParts(context: AccountsContext): AsyncGenerator<ListFacts> {
  const { database } = context
  const revision = revisionOf(database)
  const known = kept.get(database)
  if (known && known.revision === revision) return yield known.facts
  const shared = await askShared(context)
  let isFirst = true
  for await (const rows of accountFactsInParts(database)) {
    const facts = { ...shared, rows }
    if (isFirst) keep(database, revision, facts)
    isFirst = false
    yield facts
  }
}

function keep(database: Database, revision: number | null, facts: ListFacts): void {
  if (revision !== null && facts.rows.length <= MOST_KEPT) kept.set(database, { revision, facts })
  else kept.delete(database)
}

async function ask(context: AccountsContext, id?: string): Promise<ListFacts> {
  const [rows, shared] = await Promise.all([listAccountFacts(context.database, id), askShared(context, id)])
  return { ...shared, rows }
}

/** What is asked once, however many accounts there are. */
async function askShared(context: AccountsContext, id?: string): Promise<Omit<ListFacts, 'rows'>> {
  const { database } = context
  const [files, known, machineRetiredAt] = await Promise.all([
    listObservedFiles(database),
    listKnownCopies(database, id),
    retirementOf(context),
  ])
  return { files, copies: Map.groupBy(known, ({ accountId }) => accountId), machineRetiredAt }
}
