/**
 * Whole copies of the database in the home hold logins too: which ones is told to the map of copies, and when such a copy is
 * no more. What lies in the directory decides, whoever made or removed it.
 */

import { join } from 'node:path'
import { listCopies } from '../db/database-copy.ts'
import {
  type CopyRow,
  DATABASE_COPY,
  endDatabaseCopies,
  findFamily,
  keepCopies,
  listDatabaseCopies,
} from '../db/grant-copy-store.ts'
import { type LoginInCopy, loginsInCopy } from '../db/logins-in-copy.ts'
import { newId } from '../lib/random.ts'
import type { AccountsContext } from './context.ts'

/** Brings the map of copies up to date. Errors: StoreError; those of the file system */
export async function noteDatabaseCopies(context: AccountsContext): Promise<void> {
  const { database, copiesDirectory, machine, clock } = context
  if (copiesDirectory === undefined || machine === undefined) return
  const there = listCopies(copiesDirectory).map((name) => join(copiesDirectory, name))
  const known = await listDatabaseCopies(database, machine.id)
  const gone = known.filter((place) => !there.includes(place))
  if (gone.length > 0) await endDatabaseCopies(database, { machineId: machine.id, places: gone, now: clock.now() })
  for (const place of there.filter((each) => !known.includes(each))) {
    const logins = await loginsInCopy(place)
    const rows = await Promise.all(logins.map((login) => copyRow(context, machine.id, place, login)))
    await keepCopies(
      database,
      rows.filter((row) => row !== null),
    )
  }
}

/** Null for a login that was never one of ours: the copy may be of another installation. */
async function copyRow(
  { database, random, clock }: AccountsContext,
  machineId: string,
  place: string,
  login: LoginInCopy,
): Promise<CopyRow | null> {
  const family = await findFamily(database, login.refreshTokenFingerprint)
  if (!family) return null
  return {
    ...{ id: newId(random, DATABASE_COPY), ...family, ...login, kind: 'backup', machineId, place, mayRefresh: false },
    ...{ seenAt: clock.now(), goneAt: null },
  }
}
