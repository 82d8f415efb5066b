/**
 * The whole application inside this process, for commands that run while no server does: same database, same leases, same
 * answers, and no port.
 */

import { join } from 'node:path'
import { createAccess } from './access/access.ts'
import { recoverAttempts } from './accounts/recover-attempts.ts'
import { createApp } from './app.tsx'
import { openContext } from './compose.ts'
import { type Config, withoutCredentials } from './config.ts'
import { SECOND_MS, systemClock } from './lib/clock.ts'
import { openLogOutput } from './lib/log-output.ts'
import { tidyProcess } from './process-hygiene.ts'
import { VERSION } from './version.ts'
import { callbackPages } from './views/pages/callback.tsx'

/** Another command may be at work on the database: each is done within a moment, or within one refresh. */
const WAIT_MS = 40 * SECOND_MS

export interface LocalApp {
  /** Answers as the server would; `path` begins with a slash. */
  request(path: string, init: RequestInit): Promise<Response>
  close(): Promise<void>
}

/**
 * Opens the application. Warnings and errors go to standard error, as everything that is not a command's answer.
 *
 * Errors: as openContext
 */
export async function openLocalApp(config: Config): Promise<LocalApp> {
  tidyProcess()
  const log = openLogOutput({ level: 'error', format: config.logFormat, clock: systemClock })
  const port = config.port || 4747
  const dashboardUrl = () => `http://localhost:${port}/`
  const opened = await openContext(config, { log, pages: callbackPages, dashboardUrl, waitMs: WAIT_MS })
  try {
    const { context } = opened
    // What an earlier process left half done comes first: a token that may be spent must not be taken for a fresh one.
    await recoverAttempts(context)
    const shutdown = new AbortController()
    const access = await createAccess({
      database: context.database,
      clock: context.clock,
      random: context.random,
      fingerprint: (secret) => context.vault.fingerprint('session', secret),
      apiTokenPath: join(config.home, 'api-token'),
    })
    const app = createApp({
      accounts: context,
      access,
      version: VERSION,
      port: () => port,
      extraHosts: [],
      about: { home: config.home, databaseUrl: withoutCredentials(config.databaseUrl), configFile: config.configFile },
      shutdown: shutdown.signal,
    })
    return {
      async request(path, init) {
        const headers = new Headers(init.headers)
        headers.set('host', `localhost:${port}`)
        return app.fetch(new Request(`http://localhost:${port}${path}`, { ...init, headers }))
      },
      async close() {
        shutdown.abort()
        await opened.close()
        await log.flush()
      },
    }
  } catch (error) {
    await opened.close()
    throw error
  }
}
