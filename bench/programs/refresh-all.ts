/**
 * Refreshes every account of the home once, as the scheduler would: `refresh-all.ts IN_FLIGHT`. All of them are made due
 * first. Prints { ms, count }.
 */

import { sql } from 'drizzle-orm'
import { listAccounts } from '../../src/accounts/list-accounts.ts'
import { refreshGrant } from '../../src/accounts/refresh-grant.ts'
import { inFlight } from '../in-flight.ts'
import { openBenchContext } from './context.ts'

const { context, close } = await openBenchContext()
await context.database.run(sql`update grants set next_refresh_at = 1`)
const ids = (await listAccounts(context)).map((account) => account.id)
const startedAt = performance.now()
await inFlight(Number(Bun.argv[2]), ids, async (id) => {
  const { outcome } = await refreshGrant(context, id, { purpose: 'scheduled', actor: 'scheduler' })
  if (outcome !== 'refreshed') throw new Error(`${id} was not refreshed: ${outcome}`)
})
const ms = performance.now() - startedAt
await close()
process.stdout.write(JSON.stringify({ ms, count: ids.length }))
process.exit(0)
