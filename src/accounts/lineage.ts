/** Every generation of an account's logins, and how the last ones ended: for the person who asks why they were signed out. */

import { findAccountById } from '../db/account-store.ts'
import { type GenerationRow, listGenerationLosses, listGenerations } from '../db/generation-store.ts'
import type { AccountsContext } from './context.ts'
import { AccountError } from './errors.ts'
import { namingStoreRefusals } from './store-refusals.ts'

/** Generations that are told one by one. */
const GENERATIONS = 200
const LOSSES = 10

/** One generation. Instants in epoch milliseconds. */
export interface Generation {
  grantId: string
  generation: number
  how: string
  custody: string
  actor: string
  /** The purpose of a refresh, the path of a file, the way of a sign-in. */
  why: string | null
  at: number
  accessTokenExpiresAt: number | null
  /** Null while it is the current one. */
  ended: { how: string; at: number; why: string | null } | null
}

export interface Lineage {
  /** Newest first, at most two hundred. */
  generations: Generation[]
  /** Those that ended other than by the next one, newest first, also when they are long ago. */
  losses: Generation[]
}

/**
 * The lineage of an account, also of one that was removed.
 *
 * Errors: AccountError account_not_found, store_failed
 */
export function accountLineage(context: AccountsContext, accountId: string): Promise<Lineage> {
  return namingStoreRefusals(async () => {
    const generations = await listGenerations(context.database, accountId, GENERATIONS)
    if (generations.length === 0 && !(await findAccountById(context.database, accountId))) {
      throw new AccountError('account_not_found', { account: accountId })
    }
    const losses = await listGenerationLosses(context.database, accountId, LOSSES)
    return { generations: generations.map(generationOf), losses: losses.map(generationOf) }
  })
}

function generationOf(row: GenerationRow): Generation {
  const { grantId, generation, how, custody, actor, why, at, accessTokenExpiresAt, endedHow, endedAt, endedWhy } = row
  const ended = endedHow === null ? null : { how: endedHow, at: endedAt ?? at, why: endedWhy }
  return { grantId, generation, how, custody, actor, why, at, accessTokenExpiresAt, ended }
}
