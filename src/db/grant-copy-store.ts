/** Reads the copies of logins that lie outside this database. By keyed fingerprint; a token is never seen here. */

import { and, asc, eq, isNull, or } from 'drizzle-orm'
import type { Database } from './client.ts'
import { query } from './query.ts'
import { grantCopies, machines } from './schema.ts'

/** Where a copy lies. `machine` is the name of another machine, null for this one. */
export interface KnownCopy {
  kind: string
  place: string
  machine: string | null
}

/** Copies of an account's login that are still there and hold this refresh token, or of which nobody knows what they hold. */
export function listCopiesOfLogin(
  database: Database,
  { accountId, refreshTokenFingerprint }: { accountId: string; refreshTokenFingerprint: string | null },
): Promise<KnownCopy[]> {
  return query(() =>
    database
      .select({ kind: grantCopies.kind, place: grantCopies.place, machine: machines.name })
      .from(grantCopies)
      .leftJoin(machines, eq(machines.id, grantCopies.machineId))
      .where(
        and(
          eq(grantCopies.accountId, accountId),
          isNull(grantCopies.goneAt),
          or(
            isNull(grantCopies.refreshTokenFingerprint),
            eq(grantCopies.refreshTokenFingerprint, refreshTokenFingerprint ?? ''),
          ),
        ),
      )
      .orderBy(asc(grantCopies.place)),
  )
}
