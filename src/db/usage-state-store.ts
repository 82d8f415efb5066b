/**
 * How reading usage goes for each account, and what was read last. The schedule is one walk along an index, however many
 * accounts there are.
 */

import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import type { Database } from './client.ts'
import { query } from './query.ts'
import { grants } from './schema.ts'
import { usagePoints, usageStates, usageWindows } from './schema-usage.ts'
import { releaseHold } from './usage-budget-store.ts'

export type UsageStateRow = typeof usageStates.$inferSelect
export type UsageWindowRow = typeof usageWindows.$inferSelect

/** An account whose limits are to be read. */
export interface ScheduledReading {
  accountId: string
  provider: string
  /** Epoch milliseconds. */
  nextReadAt: number
}

/**
 * The readings that come first, due or not, earliest first. Left out: paused accounts, and logins that lie in a file of
 * another machine.
 */
export function listScheduledReadings(
  database: Database,
  { machineId, limit }: { machineId: string; limit: number },
): Promise<ScheduledReading[]> {
  // A cross join keeps the order of the walk: left to itself, the planner may read every grant and sort.
  return query(() =>
    database.all<ScheduledReading>(sql`
      select s.account_id as accountId, a.provider as provider, s.next_read_at as nextReadAt
      from usage_states s cross join accounts a cross join grants g
      where s.next_read_at is not null and a.id = s.account_id and a.paused_at is null
        and g.account_id = s.account_id and g.retired_at is null
        and (g.custody <> 'cli' or coalesce(g.credential_machine_id, ${machineId}) = ${machineId})
      order by s.next_read_at limit ${limit}`),
  )
}

/**
 * Takes a due reading for this process, by compare-and-swap on its place in the schedule.
 *
 * Shape:  → false when another process took it
 */
export async function takeReading(
  database: Database,
  { accountId, nextReadAt, until }: { accountId: string; nextReadAt: number; until: number },
): Promise<boolean> {
  const rows = await query(() =>
    database
      .update(usageStates)
      .set({ nextReadAt: until })
      .where(and(eq(usageStates.accountId, accountId), eq(usageStates.nextReadAt, nextReadAt)))
      .returning({ id: usageStates.accountId }),
  )
  return rows.length === 1
}

/**
 * Puts accounts that have no place into the schedule, and brings those back that a clock running ahead had sent away. The
 * crowd is spread over `spreadMs`.
 */
export async function scheduleNewAccounts(
  database: Database,
  { now, spreadMs, seed, farthestMs }: { now: number; spreadMs: number; seed: number; farthestMs: number },
): Promise<void> {
  const spread = sql`${now} + ((row_number() over (order by a.position)) * 7919 + ${seed}) % ${spreadMs}`
  await query(() =>
    database.batch([
      database.run(sql`insert into usage_states (account_id, failures, next_read_at)
        select a.id, 0, ${spread} from accounts a
        where not exists (select 1 from usage_states s where s.account_id = a.id)
        on conflict do nothing`),
      database
        .update(usageStates)
        .set({ nextReadAt: now + spreadMs })
        .where(sql`${usageStates.nextReadAt} > ${now + farthestMs}`),
    ]),
  )
}

/** Gives one account its place in the schedule, at once or earlier than it had. */
export async function scheduleReading(database: Database, accountId: string, at: number): Promise<void> {
  await query(() =>
    database.run(sql`insert into usage_states (account_id, failures, next_read_at)
      select id, 0, ${at} from accounts where id = ${accountId}
      on conflict (account_id) do update set next_read_at = min(coalesce(next_read_at, ${at}), ${at})`),
  )
}

/** How the reading of an account's limits stands; null before the first try. */
export async function findUsageState(database: Database, accountId: string): Promise<UsageStateRow | null> {
  const rows = await query(() =>
    database.select().from(usageStates).where(eq(usageStates.accountId, accountId)).limit(1),
  )
  return rows[0] ?? null
}

/** The windows of the last good reading, in their order. */
export function listUsageWindows(database: Database, accountId: string): Promise<UsageWindowRow[]> {
  return query(() =>
    database
      .select()
      .from(usageWindows)
      .where(eq(usageWindows.accountId, accountId))
      .orderBy(asc(usageWindows.position)),
  )
}

/** What one good reading leaves behind. */
export interface KeptReading {
  accountId: string
  identity: string
  readAt: number
  plan: string | null
  credits: unknown
  windows: Omit<UsageWindowRow, 'accountId' | 'position' | 'readAt'>[]
  nextReadAt: number
}

/** Keeps a reading: state, windows, one point of history each, the proof that the login works, and the end of a hold. */
export async function keepReading(database: Database, reading: KeptReading): Promise<void> {
  const { accountId, identity, readAt, plan, credits, windows, nextReadAt } = reading
  const state = { readAt, plan, credits, failedAt: null, failureCode: null, failures: 0, nextReadAt }
  const points = windows.flatMap(({ windowId, usedFraction, resetsAt }) =>
    usedFraction === null
      ? []
      : [
          {
            accountId,
            windowId,
            resolution: 'full',
            at: readAt,
            usedFraction,
            highestFraction: usedFraction,
            resetsAt,
          },
        ],
  )
  const rows = windows.map((window, position) => ({ ...window, accountId, position, readAt }))
  await query(() =>
    database.batch([
      database
        .insert(usageStates)
        .values({ accountId, ...state })
        .onConflictDoUpdate({ target: usageStates.accountId, set: state }),
      database.delete(usageWindows).where(eq(usageWindows.accountId, accountId)),
      ...(rows.length > 0 ? [database.insert(usageWindows).values(rows)] : []),
      ...(points.length > 0 ? [database.insert(usagePoints).values(points).onConflictDoNothing()] : []),
      database
        .update(grants)
        .set({ lastProofAt: readAt })
        .where(and(eq(grants.accountId, accountId), isNull(grants.retiredAt))),
      releaseHold(database, identity),
    ]),
  )
}

/** Keeps that a reading failed; what was read before stays. `nextReadAt` null: not until something changes. */
export async function keepReadingFailure(
  database: Database,
  failure: { accountId: string; at: number; code: string; nextReadAt: number | null },
): Promise<void> {
  const { accountId, at, code, nextReadAt } = failure
  await query(() =>
    database
      .insert(usageStates)
      .values({ accountId, failedAt: at, failureCode: code, failures: 1, nextReadAt })
      .onConflictDoUpdate({
        target: usageStates.accountId,
        set: { failedAt: at, failureCode: code, failures: sql`${usageStates.failures} + 1`, nextReadAt },
      }),
  )
}

/** Moves the next reading without saying that one failed: nobody was asked. */
export async function postponeReading(database: Database, accountId: string, nextReadAt: number): Promise<void> {
  await query(() => database.update(usageStates).set({ nextReadAt }).where(eq(usageStates.accountId, accountId)))
}

/** True when no window has moved since `since`, and there are points from before that. */
export async function isUnchangedSince(database: Database, accountId: string, since: number): Promise<boolean> {
  const rows = await query(() =>
    database.all<{ changed: number; older: number }>(sql`select
      (select count(*) from (select window_id from usage_points
        where account_id = ${accountId} and resolution = 'full' and at >= ${since}
        group by window_id having min(used_fraction) <> max(used_fraction))) as changed,
      exists (select 1 from usage_points
        where account_id = ${accountId} and resolution = 'full' and at < ${since}) as older`),
  )
  return rows[0]!.changed === 0 && rows[0]!.older === 1
}
