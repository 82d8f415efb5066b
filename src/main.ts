/**
 * The dashboard as a process: starts everything in its order, and stops it in the reverse one. The only file that starts
 * or stops anything that goes on by itself.
 */

import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { type Config, isLoopbackHost, readConfig, withoutCredentials } from './config.ts'
import { errorName, type Log } from './lib/log.ts'
import { systemRandom } from './lib/random.ts'
import type { Listening } from './listen.ts'
import { quietFetch, tidyProcess } from './process-hygiene.ts'
import type { AppDependencies } from './routes/dependencies.ts'

/** How long answers under way may take after a signal; a refresh under way is waited for as long as it lasts. Milliseconds. */
const STOP_DEADLINE_MS = 5_000

/** How long a command that is at work on the database may keep a starting server waiting. Milliseconds. */
const WAIT_MS = 3_000

/** How long whoever waits for the start has before the rest of the program is read from disk. Milliseconds. */
const ANSWER_FIRST_MS = 10

/** How long the browser has to read its file. Milliseconds. */
const BROWSER_FILE_MS = 30_000

/**
 * Runs the dashboard until a signal ends it.
 *
 * Errors: refusals with an `exitCode` and one readable line
 */
export async function serve(config: Config): Promise<void> {
  tidyProcess()
  const [{ openContext }, { openLogOutput }, { systemClock }, { VERSION }, { lazyCallbackPages }, { listen }] =
    await Promise.all([
      import('./compose.ts'),
      import('./lib/log-output.ts'),
      import('./lib/clock.ts'),
      import('./version.ts'),
      import('./callback-pages.ts'),
      import('./listen.ts'),
    ])
  const [{ createAccess }, { createFrontDoor }] = await Promise.all([
    import('./access/access.ts'),
    import('./front-door.ts'),
  ])
  const callback = lazyCallbackPages()
  const log = openLogOutput({ level: config.logLevel, format: config.logFormat, clock: systemClock })
  const shutdown = new AbortController()
  const undo: (() => Promise<void> | void)[] = [() => log.flush()]
  let listening: Listening | null = null
  let port = config.port
  const dashboardUrl = () => `http://localhost:${port}/`
  try {
    const open = (waitMs: number) => openContext(config, { log, pages: callback.pages, dashboardUrl, waitMs })
    const { context, close } = await open(0).catch(async (error: unknown) => {
      if ((error as { code?: unknown }).code !== 'busy') throw error
      await refuseBesideServer(config.home)
      return open(WAIT_MS)
    })
    undo.push(close)
    const access = await createAccess({
      database: context.database,
      clock: context.clock,
      random: context.random,
      fingerprint: (secret) => context.vault.fingerprint('session', secret),
      apiTokenPath: join(config.home, 'api-token'),
    })
    // What a former process left half done is looked at before any request could spend a token.
    const startWork = async () => {
      const [{ startWorkers }] = await Promise.all([import('./workers/index.ts'), callback.load()])
      const workers = startWorkers(context)
      workers.ready.catch((error: unknown) => log.error('workers.failed', { error: errorName(error) }))
      undo.push(() => workers.stop())
    }
    const deps: AppDependencies = {
      accounts: context,
      access,
      version: VERSION,
      port: () => port,
      get extraHosts() {
        return extraHosts(config, port)
      },
      about: { home: config.home, databaseUrl: withoutCredentials(config.databaseUrl), configFile: config.configFile },
      shutdown: shutdown.signal,
    }
    const door = createFrontDoor(deps, startWork)
    listening = await listen({
      host: config.host,
      port: config.port,
      fetch: (request, server) => door.fetch(request, { server }),
    })
    port = listening.port
    const stopped = stopSignal()
    catchWhatIsLeft(log)

    const { removeServerFile, writeServerFile } = await import('./server-file.ts')
    const { proofKey } = access
    writeServerFile(config.home, {
      pid: process.pid,
      port,
      host: config.host,
      startedAt: context.clock.now(),
      proofKey,
    })
    undo.push(() => removeServerFile(config.home, proofKey))

    const { signInUrl } = await import('./access/sign-in-links.ts')
    const link = signInUrl(port, access.createLink().secret)
    process.stdout.write(`Tokendeck is running at ${dashboardUrl()}\nSign in (once, within ten minutes): ${link}\n`)
    if (config.opensBrowser) {
      const { openBrowser } = await import('./open-browser.ts')
      const remove = openBrowser(config.home, link)
      const timer = setTimeout(remove, BROWSER_FILE_MS)
      undo.push(() => {
        clearTimeout(timer)
        remove()
      })
    }

    await context.clock.sleep(ANSWER_FIRST_MS)
    log.info('server.started', { port, host: config.host, version: VERSION, keySource: context.vault.keySource })
    await door.load()

    log.info('server.stopping', { signal: await stopped })
  } finally {
    shutdown.abort()
    await listening?.stop(STOP_DEADLINE_MS)
    for (const step of undo.reverse()) {
      try {
        await step()
      } catch (error) {
        log.error('server.stop_failed', { error: errorName(error) })
      }
    }
  }
}

/** A database in use is in use by a command, which ends soon, or by a dashboard, which does not. */
async function refuseBesideServer(home: string): Promise<void> {
  const { findServer } = await import('./command-line/find-server.ts')
  const server = await findServer(home, quietFetch, systemRandom)
  if (!server) return
  const { port } = new URL(server.origin)
  const message = `Tokendeck is already running at http://localhost:${port}/ (home ${home}).`
  throw Object.assign(new Error(message), { exitCode: 75 })
}

/** The first signal that asks for an end. A second one ends the process at once; the database bears that. */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    let isAsked = false
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (isAsked) process.exit(130)
        isAsked = true
        resolve(signal)
      })
    }
  })
}

/** The last resort: what nobody caught is told to the operator by name and place, without its words, and the rest goes on. */
function catchWhatIsLeft(log: Log): void {
  const tell = (error: unknown) =>
    log.error('process.uncaught', {
      error: errorName(error),
      place: error instanceof Error ? /\n\s+at (.*)/.exec(error.stack ?? '')?.[1] : undefined,
    })
  process.on('uncaughtException', tell)
  process.on('unhandledRejection', tell)
}

/** Exact values of the Host header that are right when the dashboard may be reached from elsewhere. */
function extraHosts({ host }: Config, port: number): string[] {
  if (isLoopbackHost(host)) return []
  const isWildcard = host === '0.0.0.0' || host === '::'
  const addresses = Object.values(networkInterfaces()).flatMap(
    (entries) => entries?.map((entry) => entry.address) ?? [],
  )
  const names = isWildcard ? addresses : [host]
  return names.map((name) => `${name.includes(':') ? `[${name}]` : name}:${port}`)
}

/** Runs as `npm start` does: words for a refusal, and its exit code. */
async function run(): Promise<number> {
  try {
    await serve(readConfig(process.env))
    return 0
  } catch (error) {
    const { exitCode } = error as { exitCode?: unknown }
    if (typeof exitCode !== 'number') throw error
    process.stderr.write(`${(error as Error).message}\n`)
    return exitCode
  }
}

if (import.meta.main) process.exit(await run())
