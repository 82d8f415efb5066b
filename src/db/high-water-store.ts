/** Asks the history how far it has come. Its numbers only grow, also when old events are forgotten. */

import { desc, eq, sql } from 'drizzle-orm'
import type { Database } from './client.ts'
import { query } from './query.ts'
import { auditEvents } from './schema-trails.ts'

/** The newest event that is kept, or null while there is none. */
export async function newestEvent(database: Database): Promise<{ sequence: number; at: number } | null> {
  const rows = await query(() =>
    database
      .select({ sequence: auditEvents.id, at: auditEvents.at })
      .from(auditEvents)
      .orderBy(desc(auditEvents.id))
      .limit(1),
  )
  return rows[0] ?? null
}

/** When an event happened; `forgotten` when it is older than everything that is kept, `missing` when it never came here. */
export async function readEventInstant(
  database: Database,
  sequence: number,
): Promise<number | 'forgotten' | 'missing'> {
  const rows = await query(() =>
    database.select({ at: auditEvents.at }).from(auditEvents).where(eq(auditEvents.id, sequence)).limit(1),
  )
  if (rows[0]) return rows[0].at
  const [oldest] = await query(() =>
    database.select({ id: sql<number | null>`min(${auditEvents.id})` }).from(auditEvents),
  )
  return oldest?.id != null && oldest.id > sequence ? 'forgotten' : 'missing'
}
