/** Many accounts by one statement each: copies of the first, with ids and identities of their own. */

import { sql } from 'drizzle-orm'
import type { Database } from '../../src/db/client.ts'

const ACCOUNT_COLUMNS = [
  'provider',
  'organization_id',
  'organization_name',
  'email',
  'display_name',
  'plan',
  'rate_limit_tier',
  'label',
  'paused_at',
  'profile_read_at',
  'profile_failure',
  'created_at',
].join(', ')
const GRANT_COLUMNS = [
  'custody',
  'origin',
  'generation',
  'access_token_sealed',
  'refresh_token_sealed',
  'access_token_fingerprint',
  'scopes',
  'access_token_issued_at',
  'access_token_expires_at',
  'login_expires_at',
  'created_at',
  'last_proof_at',
  'failures',
  'lease_epoch',
].join(', ')

/** Copies the first account. Their next refreshes are spread over the hours before the first one's. */
export async function copyAccounts(database: Database, copies: number): Promise<void> {
  const numbers = sql.raw(`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${copies})`)
  await database.run(sql`${numbers} insert into accounts (id, subject, position, ${sql.raw(ACCOUNT_COLUMNS)})
    select printf('acc_%020x', i + 1048576), printf('copy-%d', i), 1000 + i, ${sql.raw(ACCOUNT_COLUMNS)}
    from n, (select * from accounts order by position limit 1)`)
  await database.run(sql`${numbers} insert into grants
    (id, account_id, refresh_token_fingerprint, next_refresh_at, ${sql.raw(GRANT_COLUMNS)})
    select printf('grt_%020x', i + 1048576), printf('acc_%020x', i + 1048576), printf('%032x', i),
      next_refresh_at - i % 3600000, ${sql.raw(GRANT_COLUMNS)}
    from n, (select * from grants order by created_at limit 1)`)
  await database.run(sql`analyze`)
}
