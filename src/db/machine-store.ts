/** Machines that share this database. Each writes its own row only. */

import { and, asc, eq, isNotNull } from 'drizzle-orm'
import type { Database } from './client.ts'
import { query } from './query.ts'
import { machines } from './schema-copies.ts'

export type MachineRow = typeof machines.$inferSelect

/** Notes that a machine is here, under the name it has now. Epoch milliseconds. */
export function noteMachine(database: Database, machine: { id: string; name: string }, now: number): Promise<unknown> {
  return query(() =>
    database
      .insert(machines)
      .values({ ...machine, firstSeenAt: now, lastSeenAt: now })
      .onConflictDoUpdate({ target: machines.id, set: { name: machine.name, lastSeenAt: now } }),
  )
}

/** Every machine that ever was here, the first one first. */
export function listMachineRows(database: Database): Promise<MachineRow[]> {
  return query(() => database.select().from(machines).orderBy(asc(machines.firstSeenAt), asc(machines.id)))
}

/** When the logins of a machine were moved away, epoch milliseconds; null while it may refresh. */
export async function findRetirement(database: Database, machineId: string): Promise<number | null> {
  const rows = await query(() =>
    database.select({ retiredAt: machines.retiredAt }).from(machines).where(eq(machines.id, machineId)).limit(1),
  )
  return rows[0]?.retiredAt ?? null
}

/** Lets a machine refresh again. */
export function reviveMachine(database: Database, machineId: string): Promise<unknown> {
  return query(() =>
    database
      .update(machines)
      .set({ retiredAt: null })
      .where(and(eq(machines.id, machineId), isNotNull(machines.retiredAt))),
  )
}
