/**
 * A program that switches one CLI's place again and again, until it is killed: what the proof of cut-off switches starts.
 * Opens what the dashboard opens, from the same environment.
 *
 * Shape: `switch-program.ts <provider> <account id> <account id>` → a line before and after every switch
 */

import { openContext } from '../compose.ts'
import { readConfig } from '../config.ts'
import { systemClock } from '../lib/clock.ts'
import { openLogOutput } from '../lib/log-output.ts'
import { activateAccount } from '../switching/activate-account.ts'
import { clearDirectory } from '../switching/clear-place.ts'
import { recoverSwitches } from '../switching/recover-switches.ts'
import { undoLast } from './undo-last.ts'

const [provider = '', first = '', second = ''] = process.argv.slice(2)
const log = openLogOutput({ level: 'error', format: 'text', clock: systemClock })
const pages = { styleSheet: '', render: () => '' }
const { context } = await openContext(readConfig(process.env), { log, pages, dashboardUrl: () => '', waitMs: 10_000 })
await recoverSwitches(context)
const actor = 'api' as const
const acts = [
  () => activateAccount(context, { accountId: first, actor }),
  () => activateAccount(context, { accountId: second, actor }),
  () => undoLast(context, { provider, actor }),
  () => clearDirectory(context, { provider, actor }),
]
process.stdout.write('ready\n')
for (let turn = 0; ; turn++) {
  // What is refused because it is so already is no fault.
  const code = await acts[turn % acts.length]!().then(
    () => 'done',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  )
  process.stdout.write(`${code}\n`)
}
