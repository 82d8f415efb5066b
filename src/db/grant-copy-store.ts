/**
 * Keeps and reads the copies of logins that lie outside this database: in files of CLIs, profiles, exports and backups, on
 * every machine that shares it. By keyed fingerprint; a token is never seen here.
 */

import { and, asc, eq, inArray, isNotNull, isNull, like, lte, notLike, type SQL, sql } from 'drizzle-orm'
import type { Database } from './client.ts'
import { query } from './query.ts'
import { accounts, grants, inbox } from './schema.ts'
import { backups } from './schema-activations.ts'
import { grantCopies, machines } from './schema-copies.ts'
import { generations } from './schema-trails.ts'

export type CopyRow = typeof grantCopies.$inferSelect

/** Kinds of copies that a CLI reads by itself, and refreshes. */
export const LIVE_KINDS = ['cli_file', 'profile']

/** A copy that is known of, beside what its account's current grant says of it. */
export interface KnownCopy {
  accountId: string
  kind: string
  place: string
  machineId: string | null
  /** Null where the machine was never heard of. */
  machine: { name: string; lastSeenAt: number; retiredAt: number | null } | null
  mayRefresh: boolean
  /** It holds the refresh token that is current here. */
  isCurrent: boolean
  /** The generation of the current grant that holds the same token; null when none does. */
  generation: number | null
  /** The tokens of the current grant lie here, or lay here before unknown ones took their place. */
  isOfGrant: boolean
  hasFingerprint: boolean
  accessTokenExpiresAt: number | null
  /** Epoch milliseconds. */
  seenAt: number
  goneAt: number | null
}

/** What a copy is of a grant that is joined in. */
const KNOWN_GENERATION = sql<number | null>`(select max(${generations.generation}) from ${generations}
  where ${generations.grantId} = ${grants.id}
  and ${generations.refreshTokenFingerprint} = ${grantCopies.refreshTokenFingerprint})`

const COLUMNS = {
  accountId: grantCopies.accountId,
  kind: grantCopies.kind,
  place: grantCopies.place,
  machineId: grantCopies.machineId,
  machine: { name: machines.name, lastSeenAt: machines.lastSeenAt, retiredAt: machines.retiredAt },
  mayRefresh: grantCopies.mayRefresh,
  isCurrent: sql<number>`coalesce(${grantCopies.refreshTokenFingerprint} = ${grants.refreshTokenFingerprint}, 0)`,
  generation: KNOWN_GENERATION,
  isOfGrant: sql<number>`coalesce(${grantCopies.grantId} = ${grants.id}, 0)`,
  hasFingerprint: sql<number>`${grantCopies.refreshTokenFingerprint} is not null`,
  accessTokenExpiresAt: grantCopies.accessTokenExpiresAt,
  seenAt: grantCopies.seenAt,
  goneAt: grantCopies.goneAt,
}

/** Copies that are still there, of every account or of one, in the order of their places. */
export async function listKnownCopies(database: Database, accountId?: string): Promise<KnownCopy[]> {
  const rows = await query(() => {
    const { every, one } = copyQueries(database)
    return accountId === undefined ? every.all() : one.all({ accountId })
  })
  return rows.map(knownCopy)
}

/** Copies of an account that are no more, the last one first. */
export async function listGoneCopies(database: Database, accountId: string, limit: number): Promise<KnownCopy[]> {
  const rows = await query(() =>
    selectCopies(database, and(eq(grantCopies.accountId, accountId), isNotNull(grantCopies.goneAt)))
      .orderBy(sql`${grantCopies.goneAt} desc`)
      .limit(limit),
  )
  return rows.map(knownCopy)
}

function knownCopy(
  row: Omit<KnownCopy, 'isCurrent' | 'isOfGrant' | 'hasFingerprint'> & {
    isCurrent: number
    isOfGrant: number
    hasFingerprint: number
  },
): KnownCopy {
  const { isCurrent, isOfGrant, hasFingerprint } = row
  return { ...row, isCurrent: isCurrent === 1, isOfGrant: isOfGrant === 1, hasFingerprint: hasFingerprint === 1 }
}

type CopyQueries = ReturnType<typeof makeCopyQueries>

/** The list is read for every page of accounts, and putting the query together takes longer than running it. */
const madeQueries = new WeakMap<Database, CopyQueries>()

function copyQueries(database: Database): CopyQueries {
  const made = madeQueries.get(database) ?? makeCopyQueries(database)
  madeQueries.set(database, made)
  return made
}

function makeCopyQueries(database: Database) {
  const isThere = isNull(grantCopies.goneAt)
  const order = [asc(grantCopies.machineId), asc(grantCopies.place), asc(grantCopies.kind)]
  return {
    every: selectCopies(database, isThere)
      .orderBy(...order)
      .prepare(),
    one: selectCopies(database, and(isThere, eq(grantCopies.accountId, sql.placeholder('accountId'))))
      .orderBy(...order)
      .prepare(),
  }
}

function selectCopies(database: Database, where: SQL | undefined) {
  return database
    .select(COLUMNS)
    .from(grantCopies)
    .innerJoin(grants, and(eq(grants.accountId, grantCopies.accountId), isNull(grants.retiredAt)))
    .leftJoin(machines, eq(machines.id, grantCopies.machineId))
    .where(where)
}

/** What CLIs hold in a place of a machine now, whoever's it is: rows as they were written. */
export function listCopiesAt(
  database: Database,
  { machineId, place }: { machineId: string; place: string },
): Promise<CopyRow[]> {
  return query(() =>
    database
      .select()
      .from(grantCopies)
      .where(
        and(
          eq(grantCopies.machineId, machineId),
          eq(grantCopies.place, place),
          inArray(grantCopies.kind, LIVE_KINDS),
          isNull(grantCopies.goneAt),
        ),
      ),
  )
}

/** Every place of a machine in which a CLI was last seen to hold a login of an account here. */
export function listPlacesOfCopies(
  database: Database,
  machineId: string,
): Promise<{ provider: string; place: string }[]> {
  return query(() =>
    database
      .selectDistinct({ provider: accounts.provider, place: grantCopies.place })
      .from(grantCopies)
      .innerJoin(accounts, eq(accounts.id, grantCopies.accountId))
      .where(
        and(eq(grantCopies.machineId, machineId), inArray(grantCopies.kind, LIVE_KINDS), isNull(grantCopies.goneAt)),
      ),
  )
}

/** Whose login a refresh token is. */
export interface TokenFamily {
  accountId: string
  /** The account's current grant where the token is one of its family, else the former grant that had it. */
  grantId: string
  generation: number
}

/**
 * The login that a refresh token belongs to or once belonged to; null when it was never here. Grants that had a token in
 * common are one family: a login that was linked and then taken over.
 */
export async function findFamily(database: Database, fingerprint: string): Promise<TokenFamily | null> {
  const rows = await query(() =>
    database.all<TokenFamily & { currentId: string; isFamily: number }>(sql`select known.account_id as accountId,
      known.grant_id as grantId, known.generation as generation, own.id as currentId,
      (known.grant_id = own.id or exists (select 1 from ${generations} as a join ${generations} as b
        on a.refresh_token_fingerprint = b.refresh_token_fingerprint
        where a.grant_id = known.grant_id and b.grant_id = own.id)) as isFamily
      from ${generations} as known join ${grants} as own on own.account_id = known.account_id and own.retired_at is null
      where known.refresh_token_fingerprint = ${fingerprint}
      order by known.grant_id = own.id desc, known.id desc limit 1`),
  )
  const [row] = rows
  if (!row) return null
  const { accountId, grantId, generation, currentId, isFamily } = row
  return { accountId, grantId: isFamily === 1 ? currentId : grantId, generation }
}

/** Part of a batch: what lies in a place, in place of what was known of it. */
export function putCopy(database: Database, row: CopyRow) {
  const { id: _, ...seen } = row
  return database
    .insert(grantCopies)
    .values(row)
    .onConflictDoUpdate({
      target: [grantCopies.accountId, grantCopies.kind, grantCopies.machineId, grantCopies.place],
      set: seen,
    })
}

/** Keeps copies in one commit. Errors: StoreError; then nothing was changed */
export async function keepCopies(database: Database, rows: readonly CopyRow[]): Promise<void> {
  const [first, ...rest] = rows.map((row) => putCopy(database, row))
  if (first) await query(() => database.batch([first, ...rest]))
}

/** Notes that copies in backups that are no more are no more either; `now` in epoch milliseconds. */
export function endCopiesOfBackups(database: Database, now: number): Promise<unknown> {
  return query(() =>
    database
      .update(grantCopies)
      .set({ goneAt: now })
      .where(
        and(
          eq(grantCopies.kind, 'backup'),
          isNull(grantCopies.goneAt),
          notLike(grantCopies.id, `${DATABASE_COPY}_%`),
          sql`${grantCopies.id} not in (select ${backups.id} from ${backups})`,
        ),
      ),
  )
}

/** Ids of copies that lie in whole copies of the database begin with this. */
export const DATABASE_COPY = 'dbc'

const isInDatabaseCopy = (machineId: string) =>
  and(
    like(grantCopies.id, `${DATABASE_COPY}_%`),
    eq(grantCopies.machineId, machineId),
    eq(grantCopies.kind, 'backup'),
    isNull(grantCopies.goneAt),
  )

/** The whole copies of the database on a machine that are known to hold logins. */
export async function listDatabaseCopies(database: Database, machineId: string): Promise<string[]> {
  const rows = await query(() =>
    database.selectDistinct({ place: grantCopies.place }).from(grantCopies).where(isInDatabaseCopy(machineId)),
  )
  return rows.map(({ place }) => place)
}

/** Notes that whole copies of the database are no more; `now` in epoch milliseconds. */
export function endDatabaseCopies(
  database: Database,
  { machineId, places, now }: { machineId: string; places: readonly string[]; now: number },
): Promise<unknown> {
  return query(() =>
    database
      .update(grantCopies)
      .set({ goneAt: now })
      .where(and(isInDatabaseCopy(machineId), inArray(grantCopies.place, [...places]))),
  )
}

/** Forgets copies that were gone before `before`. */
export function deleteGoneCopies(database: Database, before: number): Promise<unknown> {
  return query(() =>
    database.delete(grantCopies).where(and(isNotNull(grantCopies.goneAt), lte(grantCopies.goneAt, before))),
  )
}

/** An answer of the provider that was set aside because it no longer fitted: it holds a login too. */
export interface SetAsideAnswer {
  id: string
  grantId: string
  /** The generation whose refresh it answers. */
  generation: number
  reason: string | null
  receivedAt: number
}

/** Answers to an account's refreshes that were set aside, newest first. */
export function listSetAsideAnswers(database: Database, accountId: string): Promise<SetAsideAnswer[]> {
  return query(() =>
    database
      .select({
        id: inbox.id,
        grantId: inbox.grantId,
        generation: inbox.generation,
        reason: inbox.quarantineReason,
        receivedAt: inbox.receivedAt,
      })
      .from(inbox)
      .where(and(eq(inbox.accountId, accountId), isNotNull(inbox.quarantinedAt)))
      .orderBy(sql`${inbox.receivedAt} desc`)
      .limit(20),
  )
}
