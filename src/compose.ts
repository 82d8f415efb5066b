/**
 * Puts the parts together: database, vault, providers and the way to them, as one context. The server and the command line
 * both start from here; nothing listens and nothing runs by itself after this.
 */

import { lookup } from 'node:dns/promises'
import { chmod, mkdir, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { AnswerSpool } from './accounts/answer-spool.ts'
import { beginAuditTrail } from './accounts/audit-trail.ts'
import { createCallLedger } from './accounts/call-ledger.ts'
import { CallbackListeners } from './accounts/callback-listeners.ts'
import type { CallbackPages } from './accounts/callback-page.ts'
import type { AccountsContext } from './accounts/context.ts'
import { raiseMark } from './accounts/high-water-mark.ts'
import { keepTrails } from './accounts/keep-trails.ts'
import { LastKnown } from './accounts/last-known.ts'
import { openMachine } from './accounts/machines.ts'
import { credentialPlaces } from './cli-credentials/credential-places.ts'
import type { Config } from './config.ts'
import { readConfigFile } from './config-file.ts'
import { openDatabase } from './db/client.ts'
import { EventBus } from './events/bus.ts'
import { highWaterMarkOf, spoolDirectoryOf } from './home-places.ts'
import { noteKeyFile } from './key-file-note.ts'
import { fileStamp, systemClock } from './lib/clock.ts'
import { localSystem } from './lib/local-system.ts'
import { errorName, type Log } from './lib/log.ts'
import { systemPrograms } from './lib/programs.ts'
import { randomToken, systemRandom } from './lib/random.ts'
import { SingleFlight } from './lib/single-flight.ts'
import { allowedHosts } from './oauth/own-providers.ts'
import { createReach, systemKnock } from './oauth/reach.ts'
import { createTransport } from './oauth/transport.ts'
import { outsideFetch, quietFetch } from './process-hygiene.ts'
import { putWaitingConfig } from './restored-config.ts'
import { aftercareEnded } from './switching/under-way.ts'
import { openVault } from './vault/open-vault.ts'
import { VERSION } from './version.ts'

export interface OpenedContext {
  context: AccountsContext
  /** Closes callback listeners, waits for refreshes that are under way, and closes the database. */
  close(): Promise<void>
}

export interface ContextOptions {
  log: Log
  /** What browsers see at a callback listener. */
  pages: CallbackPages
  dashboardUrl: () => string
  /** How long to wait for another process to let go of the database; milliseconds. */
  waitMs: number
}

/** The home cannot be used as it is. One readable line; `exitCode` is EX_CONFIG of sysexits.h. */
class HomeRefusal extends Error {
  override readonly name = 'HomeRefusal'
  readonly exitCode = 78
}

/**
 * Opens everything that the domain works with.
 *
 * Errors: HomeRefusal, ConfigFileRefusal, DatabaseRefusal, KeyRefusal: one readable line and an exit code each
 */
export async function openContext(config: Config, options: ContextOptions): Promise<OpenedContext> {
  await makeHome(config.home)
  // A file that cannot be used is refused before anything is made.
  const configured = readConfigFile(config.configFile)
  const clock = systemClock
  const random = systemRandom
  const highWaterMark = highWaterMarkOf(config)
  const opened = await openDatabase({
    url: config.databaseUrl,
    authToken: config.databaseAuthToken,
    backupsDirectory: join(config.home, 'backups'),
    notes: highWaterMark.notes(),
    waitMs: options.waitMs,
    clock,
    fetch: quietFetch,
  })
  try {
    const stamp = fileStamp(clock.now())
    const isPut = (await putWaitingConfig(opened.database, config.configFile, stamp)) !== undefined
    const { providers, homes, alerts } = isPut ? readConfigFile(config.configFile) : configured
    const { keySource, keyFile, passphraseFile } = config
    const vault = await openVault({ database: opened.database, random, clock, keySource, keyFile, passphraseFile })
    if (vault.keySource === 'file') await noteKeyFile(config.home, keyFile)
    const hosts = allowedHosts(providers.values())
    const calls = createCallLedger({
      transport: createTransport({ fetch: quietFetch, clock, version: VERSION, allowedHosts: hosts }),
      clock,
      database: opened.database,
      log: options.log,
    })
    const isRemote = !config.databaseUrl.startsWith('file:')
    const context: AccountsContext = {
      clock,
      random,
      log: options.log,
      database: opened.database,
      vault,
      keys: vault.keys,
      providers,
      transport: calls.transport,
      reach: createReach({ knock: systemKnock, clock, allowedHosts: hosts, environment: config.environment }),
      calls,
      events: new EventBus(),
      // Unique per start: a process that comes back with the same number is another owner.
      owner: `${hostname()}/${process.pid}/${randomToken(random, 6)}`,
      // A local file is locked against other processes for as long as it is open.
      isSoleOwner: !isRemote,
      system: localSystem,
      isDatabaseRemote: isRemote,
      answerSpool: new AnswerSpool(spoolDirectoryOf(config)),
      machine: openMachine(join(config.home, 'machine'), hostname(), random),
      highWaterMark,
      // A file that cannot be read is a fault to be seen, not a network that comes back.
      lastKnown: isRemote ? new LastKnown() : undefined,
      programs: systemPrograms(config.environment(), clock),
      credentialLocks: {
        // Read when it is needed: a start and a helper that wants a token must not wait for it. So below.
        async take(place, lockMs) {
          const { lockPlace } = await import('./cli-credentials/place-lock.ts')
          const owner = `tokendeck ${process.pid}`
          return lockPlace(place, { clock, random, waitMs: lockMs, scope: 'refresh', owner })
        },
      },
      credentialPlaces: credentialPlaces({
        home: config.userHome,
        claudeConfigDir: config.claudeConfigDir,
        claudeSecureStorageConfigDir: config.claudeSecureStorageConfigDir,
        codexHome: config.codexHome,
        providers: providers.values(),
      }),
      toolRoots: {
        home: config.userHome,
        dataHome: config.dataHome,
        openclawDirectory: config.openclawDirectory,
      },
      copiesDirectory: join(config.home, 'backups'),
      profilesDirectory: join(config.home, 'profiles'),
      statusFile: join(config.home, 'status.json'),
      otherHomes: {
        configured: homes,
        windowsUsers: windowsUsers(process.platform),
        linuxRoots: linuxRoots(process.platform),
      },
      callbackPorts: config.callbackPorts,
      callbackListeners: new CallbackListeners({ clock, pages: options.pages }),
      refreshes: new SingleFlight(),
      configuredAlerts: alerts,
      telling: {
        async fetch(url, init) {
          const { hostOf, isPublicAddress } = await import('./alerts/outgoing-address.ts')
          return outsideFetch(url, init, !isPublicAddress(hostOf(new URL(url))))
        },
        resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
        userAgent: `tokendeck/${VERSION}`,
        async words(...told) {
          const { alertWords } = await import('./messages/alert-words.ts')
          return alertWords(...told)
        },
      },
      dashboardUrl: options.dashboardUrl,
    }
    await beginAuditTrail(context)
    return {
      context,
      async close() {
        await context.callbackListeners.closeAll()
        await aftercareEnded(context)
        // A refresh that was sent has spent its token: its answer must be stored before the database closes.
        await context.refreshes.settled()
        await keepTrails(context).catch((error: unknown) =>
          options.log.warn('trails.not_kept', { error: errorName(error) }),
        )
        await raiseMark(context).catch((error: unknown) =>
          options.log.warn('database.mark_not_kept', { error: errorName(error) }),
        )
        await opened.close()
      },
    }
  } catch (error) {
    await opened.close()
    throw error
  }
}

/** The home is for its owner alone: made so, and narrowed where it was wider. */
async function makeHome(home: string): Promise<void> {
  try {
    await mkdir(home, { recursive: true, mode: 0o700 })
    if (process.platform === 'win32') return
    const { mode, uid } = await stat(home)
    if ((mode & 0o077) === 0) return
    if (uid !== process.getuid?.()) {
      throw new HomeRefusal(`The directory ${home} belongs to another user, who could read what is kept there.`)
    }
    await chmod(home, 0o700)
  } catch (error) {
    if (error instanceof HomeRefusal) throw error
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
    throw new HomeRefusal(`The directory ${home} cannot be made or used (${code}). Check TOKENDECK_HOME.`)
  }
}

/** Inside Windows its disks are directories; each person's home lies below `Users`. */
function windowsUsers(platform: NodeJS.Platform): string[] {
  return platform === 'linux' ? ['/mnt/c/Users'] : []
}

/** Windows shows the disks of Linux systems inside it as shares of a machine that is none. */
function linuxRoots(platform: NodeJS.Platform): string[] {
  return platform === 'win32' ? ['\\\\wsl$'] : []
}
