/** Gives every account of the home that the environment names a year of limits, and prints how many bytes each takes. */

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { readConfig } from '../../src/config.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { thinHistory } from '../../src/limits/thin-history.ts'
import { writeYearOfHistory } from '../../src/testing/year-of-history.ts'
import { openBenchContext } from './context.ts'

const { context, close } = await openBenchContext()
const { database } = context
const file = join(readConfig(process.env).home, 'tokendeck.db')
const size = async () => {
  await database.run(sql`vacuum`)
  await database.run(sql`pragma wal_checkpoint(truncate)`)
  return statSync(file).size
}
const ids = (await database.all<{ id: string }>(sql`select id from accounts`)).map(({ id }) => id)
const before = await size()
for (const [index, accountId] of ids.entries()) {
  await writeYearOfHistory(database, { accountId, seed: 1 + index, now: systemClock.now() })
}
await thinHistory(context)
const bytes = ((await size()) - before) / ids.length
await close()
process.stdout.write(JSON.stringify({ bytes }))
process.exit(0)
