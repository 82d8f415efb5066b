/** Reads what lists of accounts are made of: each account with its grant and its limits, without a sealed column. */

import { and, asc, type Column, eq, getTableColumns, gt, isNull, type SQL, sql } from 'drizzle-orm'
import { letOthersRun } from '../lib/let-others-run.ts'
import type { AccountRow } from './account-store.ts'
import type { Database } from './client.ts'
import type { CredentialFileRow } from './credential-file-store.ts'
import type { GrantRow } from './grant-store.ts'
import { query } from './query.ts'
import { accounts, grants } from './schema.ts'
import { credentialFiles } from './schema-copies.ts'
import { forecasts, usageStates, usageWindows } from './schema-usage.ts'

/** The columns of a grant that say how it is; none of them is sealed. */
const GRANT_FACTS = {
  id: grants.id,
  custody: grants.custody,
  origin: grants.origin,
  generation: grants.generation,
  refreshTokenFingerprint: grants.refreshTokenFingerprint,
  scopes: grants.scopes,
  accessTokenExpiresAt: grants.accessTokenExpiresAt,
  loginExpiresAt: grants.loginExpiresAt,
  credentialPath: grants.credentialPath,
  credentialMachineId: grants.credentialMachineId,
  lastProofAt: grants.lastProofAt,
  refusedAt: grants.refusedAt,
  refusalCode: grants.refusalCode,
  uncertainAt: grants.uncertainAt,
  suspectAt: grants.suspectAt,
  failures: grants.failures,
  lastFailureCode: grants.lastFailureCode,
  nextRefreshAt: grants.nextRefreshAt,
}

export type GrantFacts = Pick<GrantRow, keyof typeof GRANT_FACTS>

/** What was last read of an account's limits. A flag is 0 or 1 here. */
export interface UsageFacts {
  state: Pick<typeof usageStates.$inferSelect, 'readAt' | 'plan' | 'credits' | 'failureCode' | 'nextReadAt'>
  windows: (Omit<typeof usageWindows.$inferSelect, 'accountId' | 'position' | 'readAt' | 'isActive'> & {
    isActive: number
    /** The newest forecast of this very span: when it runs out (null: not before the reset), and the ends of the band. */
    forecast: [at: number | null, earliest: number | null, latest: number | null] | null
  })[]
}

/** An account, the facts of its current grant, and what is known of its limits. */
export interface AccountFacts {
  account: AccountRow
  grant: GrantFacts
  usage: UsageFacts
}

const USAGE_STATE_FACTS = {
  readAt: usageStates.readAt,
  plan: usageStates.plan,
  credits: usageStates.credits,
  failureCode: usageStates.failureCode,
  nextReadAt: usageStates.nextReadAt,
}
const USAGE_WINDOW_FACTS = {
  windowId: usageWindows.windowId,
  kind: usageWindows.kind,
  label: usageWindows.label,
  scope: usageWindows.scope,
  durationMs: usageWindows.durationMs,
  usedFraction: usageWindows.usedFraction,
  resetsAt: usageWindows.resetsAt,
  isActive: usageWindows.isActive,
}

/** Each row comes as one JSON text: a column of its own for every fact would cost three times as much to read. */
const FACTS = sql`json_object('account', ${jsonObject(getTableColumns(accounts))}, 'grant', ${jsonObject(GRANT_FACTS)},
    'usage', json_object('state', ${jsonObject(USAGE_STATE_FACTS)}, 'windows', json((${usageWindowFacts()}))))`.mapWith(
  (text: string): AccountFacts => JSON.parse(text),
)

/** The windows of one account as a list, each with its newest forecast. Walks along primary keys and indexes only. */
function usageWindowFacts(): SQL {
  const forecast = sql`select json_array(${forecasts.runsOutAt}, ${forecasts.earliestAt}, ${forecasts.latestAt})
    from ${forecasts} where ${forecasts.accountId} = ${usageWindows.accountId}
      and ${forecasts.windowId} = ${usageWindows.windowId} and ${forecasts.resetsAt} = ${usageWindows.resetsAt}
    order by ${forecasts.madeAt} desc limit 1`
  const members = jsonObject(USAGE_WINDOW_FACTS, sql`'forecast', json((${forecast}))`)
  return sql`select json_group_array(${members}) from ${usageWindows}
    where ${usageWindows.accountId} = ${accounts.id}`
}

/** Columns under their names; what is JSON already stays JSON. */
function jsonObject(columns: Record<string, Column>, ...more: SQL[]): SQL {
  const members = Object.entries(columns).map(
    ([name, column]) =>
      sql`${sql.raw(`'${name}'`)}, ${column.dataType === 'json' ? sql`json(${column})` : sql`${column}`}`,
  )
  return sql`json_object(${sql.join([...members, ...more], sql`, `)})`
}

/** So many accounts are read in one go: a local database answers inside the event loop, which must not stand still. */
const READ_AT_ONCE = 250

/** Accounts in their order, each with the facts of its current grant and its limits; or one of them. No sealed column is read. */
export async function listAccountFacts(database: Database, accountId?: string): Promise<AccountFacts[]> {
  if (accountId !== undefined) {
    return (await query(() => listQueries(database).one.all({ accountId }))).map(({ facts }) => facts)
  }
  const all: AccountFacts[] = []
  for await (const part of accountFactsInParts(database)) all.push(...part)
  return all.sort(({ account: left }, { account: right }) => byPlace(left, right))
}

/**
 * The same in parts of at most `READ_AT_ONCE`, between which others have their turn: each in its order, all together in none.
 * There is one at least.
 */
export async function* accountFactsInParts(database: Database): AsyncGenerator<AccountFacts[]> {
  for (let after = ''; ; ) {
    const rows = await query(() => listQueries(database).many.all({ after }))
    yield rows.map(({ facts }) => facts).sort(({ account: left }, { account: right }) => byPlace(left, right))
    if (rows.length < READ_AT_ONCE) return
    after = rows.at(-1)!.facts.account.id
    await letOthersRun()
  }
}

/** Compares by the order that the person gave accounts. */
export function byPlace(left: PlacedAccount, right: PlacedAccount): number {
  return left.position - right.position || left.createdAt - right.createdAt || (left.id < right.id ? -1 : 1)
}

type PlacedAccount = Pick<AccountRow, 'position' | 'createdAt' | 'id'>

type ListQueries = ReturnType<typeof makeListQueries>

/** Putting the query together takes longer than running it, so that is done once for each database. */
const madeQueries = new WeakMap<Database, ListQueries>()

function listQueries(database: Database): ListQueries {
  const made = madeQueries.get(database) ?? makeListQueries(database)
  madeQueries.set(database, made)
  return made
}

function makeListQueries(database: Database) {
  const select = () =>
    database
      .select({ facts: FACTS })
      .from(accounts)
      .innerJoin(grants, and(eq(grants.accountId, accounts.id), isNull(grants.retiredAt)))
      .leftJoin(usageStates, eq(usageStates.accountId, accounts.id))
  return {
    many: select()
      .where(gt(accounts.id, sql.placeholder('after')))
      .orderBy(asc(accounts.id))
      .limit(READ_AT_ONCE)
      .prepare(),
    one: select()
      .where(eq(accounts.id, sql.placeholder('accountId')))
      .prepare(),
    files: database.select().from(credentialFiles).prepare(),
  }
}

/** Every credential file that was ever looked at: a handful. */
export function listObservedFiles(database: Database): Promise<CredentialFileRow[]> {
  return query(() => listQueries(database).files.all())
}
