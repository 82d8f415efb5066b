/**
 * A program that refreshes one account and may be told to die at a call of its database: what the proof of lost and kept
 * refreshes starts. Opens what the dashboard opens, from the same environment.
 *
 * Shape: `refresh-program.ts <account id> [before|after <call>]` → the outcome as JSON on standard output
 */

import { refreshGrant } from '../accounts/refresh-grant.ts'
import { openContext } from '../compose.ts'
import { readConfig } from '../config.ts'
import { systemClock } from '../lib/clock.ts'
import { openLogOutput } from '../lib/log-output.ts'
import { faultyStore } from './faulty-store.ts'

const [accountId = '', when, call] = process.argv.slice(2)
const log = openLogOutput({ level: 'error', format: 'text', clock: systemClock })
const pages = { styleSheet: '', render: () => '' }
const { context } = await openContext(readConfig(process.env), { log, pages, dashboardUrl: () => '', waitMs: 10_000 })
const die = (at: number) => {
  if (at === Number(call)) process.kill(process.pid, 'SIGKILL')
}
if (when === 'before' || when === 'after') faultyStore(context.database).watch({ [when]: die })
const outcome = await refreshGrant(context, accountId, { purpose: 'requested', actor: 'api' })
process.stdout.write(`${JSON.stringify(outcome)}\n`)
// Whoever started it ends it.
await systemClock.sleep(60_000)
