/** Asks "what is due?" as the scheduler does, nothing being due: `ask-schedule.ts TIMES`. Prints the microseconds of each. */

import { listSchedule } from '../../src/accounts/refresh-schedule.ts'
import { openBenchContext } from './context.ts'

const { context, close } = await openBenchContext()
const microseconds: number[] = []
const providers = [...context.providers.keys()]
for (let times = 0; times < Number(Bun.argv[2]); times++) {
  const startedAt = performance.now()
  await listSchedule(context, { providers, uncertainOf: providers })
  microseconds.push((performance.now() - startedAt) * 1_000)
}
await close()
process.stdout.write(JSON.stringify(microseconds))
process.exit(0)
