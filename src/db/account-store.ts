/**
 * Reads and writes accounts, and connects one: account, new grant and the end of the old grant in one commit.
 */

import { and, asc, eq, isNull, lte, or, sql } from 'drizzle-orm'
import { type AuditEvent, auditIf } from './audit-store.ts'
import type { Database } from './client.ts'
import {
  beginGeneration,
  endGenerationsOfAccount,
  endGenerationsOfGrant,
  type GenerationEnd,
  type GenerationStart,
} from './generation-store.ts'
import type { GrantChanges, NewGrantRow } from './grant-store.ts'
import { query } from './query.ts'
import { accounts, grants } from './schema.ts'
import { auditEvents } from './schema-trails.ts'

export type AccountRow = typeof accounts.$inferSelect
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
