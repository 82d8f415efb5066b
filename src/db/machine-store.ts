/** Machines that share this database. Each writes its own row only. */

import { asc } from 'drizzle-orm'
import type { Database } from './client.ts'
import { query } from './query.ts'
import { machines } from './schema.ts'

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
