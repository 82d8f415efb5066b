/** The program's own context inside a measuring program, on the home that the environment names. */

import { type OpenedContext, openContext } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { silentLog } from '../../src/lib/log.ts'
import { tidyProcess } from '../../src/process-hygiene.ts'

export async function openBenchContext(): Promise<OpenedContext> {
  tidyProcess()
  const pages = { styleSheet: '', render: () => '' }
  return await openContext(readConfig(process.env), { log: silentLog, pages, dashboardUrl: () => '', waitMs: 10_000 })
}
