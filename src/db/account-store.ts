/**
 * Reads and writes accounts, and connects one: account, new grant and the end of the old grant in one commit.
 */

import { and, asc, type Column, eq, getTableColumns, gt, isNull, lte, or, type SQL, sql } from 'drizzle-orm'
import { letOthersRun } from '../lib/let-others-run.ts'
import { type AuditEvent, auditIf } from './audit-store.ts'
import type { Database } from './client.ts'
import {
  beginGeneration,
  endGenerationsOfAccount,
  endGenerationsOfGrant,
  type GenerationEnd,
  type GenerationStart,
} from './generation-store.ts'
import type { GrantChanges, GrantRow, NewGrantRow } from './grant-store.ts'
import { query } from './query.ts'
import { accounts, grants } from './schema.ts'
import { credentialFiles } from './schema-copies.ts'
import { auditEvents } from './schema-trails.ts'
import { forecasts, usageStates, usageWindows } from './schema-usage.ts'

export type AccountRow = typeof accounts.$inferSelect
export type CredentialFileRow = typeof credentialFiles.$inferSelect
export type AccountChanges = Partial<Omit<AccountRow, 'id' | 'provider' | 'subject' | 'organizationId'>>

/** The account of this id; null when there is none. */
export async function findAccountById(database: Database, id: string): Promise<AccountRow | null> {
  const rows = await query(() => database.select().from(accounts).where(eq(accounts.id, id)).limit(1))
  return rows[0] ?? null
}

/** The account of a person and organisation at a provider; null when none is known. */
export async function findAccountByIdentity(
  database: Database,
  identity: { provider: string; subject: string; organizationId: string },
): Promise<AccountRow | null> {
  const rows = await query(() =>
    database
      .select()
      .from(accounts)
      .where(
        and(
          eq(accounts.provider, identity.provider),
          eq(accounts.subject, identity.subject),
          eq(accounts.organizationId, identity.organizationId),
        ),
      )
      .limit(1),
  )
  return rows[0] ?? null
}

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

/** Accounts whose profile was last read before `before` or never, and whose login is not over. */
export function listAccountsWithOldProfile(database: Database, before: number): Promise<{ id: string }[]> {
  return query(() =>
    database
      .select({ id: accounts.id })
      .from(accounts)
      .innerJoin(grants, and(eq(grants.accountId, accounts.id), isNull(grants.retiredAt)))
      .where(
        and(
          or(isNull(accounts.profileReadAt), lte(accounts.profileReadAt, before)),
          isNull(grants.refusedAt),
          isNull(accounts.pausedAt),
        ),
      )
      .orderBy(asc(accounts.profileReadAt)),
  )
}

/** A connection of an identity: what is written, and which grant it replaces. */
export interface Connection {
  account: { id: string; isNew: boolean; row: Omit<AccountRow, 'position'> }
  grant: NewGrantRow
  /** The grant that stood before; the write fails with `constraint` when another one came meanwhile. */
  replaces: string | null
  /** How the grant came, for the lineage. */
  lineage: Pick<GenerationStart, 'how' | 'actor' | 'why'>
  now: number
  events: AuditEvent[]
}

/** Writes an account with its new grant and retires the old one, in one commit. Errors: StoreError, nothing changed. */
export async function writeConnection(
  database: Database,
  { account, grant, replaces, lineage, now, events }: Connection,
): Promise<void> {
  const { id, provider: _, subject: __, organizationId: ___, createdAt: ____, ...changes } = account.row
  await query(() =>
    database.batch([
      account.isNew
        ? database
            .insert(accounts)
            .values({ ...account.row, position: sql`(select coalesce(max(position), 0) + 1 from accounts)` })
        : database.update(accounts).set(changes).where(eq(accounts.id, id)),
      database
        .update(grants)
        .set({ retiredAt: now, nextRefreshAt: null, leaseOwner: null, leaseUntil: null })
        .where(and(eq(grants.id, replaces ?? ''), isNull(grants.retiredAt))),
      database.insert(grants).values(grant),
      endGenerationsOfGrant(database, replaces ?? '', { how: 'retired', why: lineage.how, at: now }),
      beginGeneration(database, { ...lineage, grantId: grant.id, generation: grant.generation ?? 1, at: now }),
      ...events.map((event) => database.insert(auditEvents).values(event)),
    ]),
  )
}

/** Changes an account, its current grant and the history in one commit. */
export async function changeAccount(
  database: Database,
  accountId: string,
  change: { account?: AccountChanges; grant?: GrantChanges; events?: AuditEvent[]; loginEnd?: GenerationEnd },
): Promise<void> {
  const { account = {}, grant = {}, events = [], loginEnd } = change
  const statements = [
    ...(Object.keys(account).length > 0
      ? [database.update(accounts).set(account).where(eq(accounts.id, accountId))]
      : []),
    ...(Object.keys(grant).length > 0
      ? [
          database
            .update(grants)
            .set(grant)
            .where(and(eq(grants.accountId, accountId), isNull(grants.retiredAt))),
        ]
      : []),
    ...events.map((event) => database.insert(auditEvents).values(event)),
    ...(loginEnd ? [endGenerationsOfAccount(database, accountId, loginEnd)] : []),
  ]
  const [first, ...rest] = statements
  if (first) await query(() => database.batch([first, ...rest]))
}

/**
 * Gives an account that nobody had named its identity, by compare-and-swap on the subject that stood for it, and writes
 * the history with it.
 *
 * Shape:  → false when it was named meanwhile or is gone
 * Errors: StoreError `constraint` when another account has this identity; then nothing was changed
 */
export async function nameAccount(
  database: Database,
  account: Pick<AccountRow, 'id' | 'subject'>,
  identity: Pick<AccountRow, 'subject' | 'organizationId'>,
  event: AuditEvent,
): Promise<boolean> {
  const [named] = await query(() =>
    database.batch([
      database
        .update(accounts)
        .set({ subject: identity.subject, organizationId: identity.organizationId })
        .where(and(eq(accounts.id, account.id), eq(accounts.subject, account.subject)))
        .returning({ id: accounts.id }),
      auditIf(database, event, sql`changes() = 1`),
    ]),
  )
  return named.length === 1
}
