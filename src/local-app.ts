/**
 * The whole application inside this process, for commands that run while no server does: same database, same leases, same
 * answers, and no port. What answers requests is loaded with the first request, since a helper that wants a token sends none.
 */

import { join } from 'node:path'
import type { AccountsContext } from './accounts/context.ts'
import { prepareAccounts } from './accounts/prepare-accounts.ts'
import { lazyCallbackPages } from './callback-pages.ts'
import { openContext } from './compose.ts'
import { type Config, withoutCredentials } from './config.ts'
import { SECOND_MS, systemClock } from './lib/clock.ts'
import { errorName } from './lib/log.ts'
import { openLogOutput } from './lib/log-output.ts'
import { tidyProcess } from './process-hygiene.ts'

/** Another command may be at work on the database: each is done within a moment, or within one refresh and its saving. */
const WAIT_MS = 31 * SECOND_MS

export interface LocalApp {
  /** What the application stands on, for who needs no request. */
  readonly context: AccountsContext
  /** The way to ask it as one would ask the server; a path begins with a slash. The API token is there once this is. */
  open(): Promise<(path: string, init: RequestInit) => Promise<Response>>
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
  const { pages, load } = lazyCallbackPages()
  const dashboardUrl = () => `http://localhost:${port}/`
  const opened = await openContext(config, { log, pages, dashboardUrl, waitMs: WAIT_MS })
  const { context } = opened
  try {
    // What an earlier process left half done comes first: a token that may be spent must not be taken for a fresh one.
    await prepareAccounts(context)
  } catch (error) {
    await opened.close()
    throw error
  }
  const shutdown = new AbortController()
  let app: Promise<{ fetch: (request: Request) => Response | Promise<Response> }> | null = null
  return {
    context,
    async open() {
      app ??= load().then(async () => {
        const { recoverSwitches } = await import('./switching/recover-switches.ts')
        await recoverSwitches(context)
        return makeApp(config, context, port, shutdown.signal)
      })
      const { fetch } = await app
      return async (path, init) => {
        const headers = new Headers(init.headers)
        headers.set('host', `localhost:${port}`)
        return await fetch(new Request(`http://localhost:${port}${path}`, { ...init, headers }))
      }
    },
    async close() {
      shutdown.abort()
      // Whoever draws a prompt finds what this command left, without opening the database.
      if (app !== null) await keepStatus(context)
      await opened.close()
      await log.flush()
    },
  }
}

async function keepStatus(context: AccountsContext): Promise<void> {
  if (context.statusFile === undefined) return
  const { keepStatusFile } = await import('./accounts/keep-status-file.ts')
  try {
    await keepStatusFile(context.statusFile, context)
  } catch (error) {
    context.log.warn('status.not_kept', { error: errorName(error) })
  }
}

async function makeApp(config: Config, context: AccountsContext, port: number, shutdown: AbortSignal) {
  const [{ createAccess }, { createApp }, { VERSION }] = await Promise.all([
    import('./access/access.ts'),
    import('./app.tsx'),
    import('./version.ts'),
  ])
  const access = await createAccess({
    database: context.database,
    clock: context.clock,
    random: context.random,
    fingerprint: (secret) => context.vault.fingerprint('session', secret),
    apiTokenPath: join(config.home, 'api-token'),
  })
  return createApp({
    accounts: context,
    access,
    version: VERSION,
    port: () => port,
    extraHosts: [],
    about: { home: config.home, databaseUrl: withoutCredentials(config.databaseUrl), configFile: config.configFile },
    shutdown,
  })
}
