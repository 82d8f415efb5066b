/**
 * Everything the domain works with, passed in: time, chance, network, database, vault, providers, news and paths.
 */

import type { CredentialPlace } from '../cli-credentials/credential-file.ts'
import type { Database } from '../db/client.ts'
import type { EventBus } from '../events/bus.ts'
import type { Clock } from '../lib/clock.ts'
import type { LocalSystem } from '../lib/local-system.ts'
import type { Log } from '../lib/log.ts'
import type { Programs } from '../lib/programs.ts'
import type { Random } from '../lib/random.ts'
import type { SingleFlight } from '../lib/single-flight.ts'
import type { Telling } from '../lib/telling.ts'
import type { Provider } from '../oauth/provider.ts'
import type { Reach } from '../oauth/reach.ts'
import type { Transport } from '../oauth/transport.ts'
import type { KeyKeeper, Vault } from '../vault/vault.ts'
import type { AnswerSpool } from './answer-spool.ts'
import type { CallLedger } from './call-ledger.ts'
import type { CallbackListeners } from './callback-listeners.ts'
import type { HighWaterMark } from './high-water-file.ts'
import type { LastKnown } from './last-known.ts'
import type { Machine } from './machines.ts'
import type { CredentialLocks } from './outer-lock.ts'
import type { RefreshOutcome } from './refresh-outcome.ts'

/** Who asked: recorded in the history. */
export type Actor = 'browser' | 'api' | 'cli' | 'scheduler' | 'watcher' | 'startup'

export interface AccountsContext {
  clock: Clock
  random: Random
  log: Log
  database: Database
  vault: Vault
  /** The keys of that vault. */
  keys: KeyKeeper
  /** Built-in and own providers by id, overrides applied. */
  providers: ReadonlyMap<string, Provider>
  /** The only way to a provider: allow-list, deadline, size limit, no redirects. */
  transport: Transport
  /** Says whether a provider can be reached, without asking it for anything. */
  reach: Reach
  /** The record of what went through it. */
  calls: CallLedger
  events: EventBus
  /** Name of this process in leases and attempts, unique per start. */
  owner: string
  /** True when no other process can have this database open: leases of other owners are then leases of the dead. */
  isSoleOwner?: boolean
  /** True when other machines may share this database over the network: it can be away, and answers go to the spool first. */
  isDatabaseRemote?: boolean
  /** Where good answers wait that the database has not taken yet; absent where there is no directory for it. */
  answerSpool?: AnswerSpool
  /** This installation among those that share the database. */
  machine?: Machine
  /** Remembers, outside the database, how far the database had come. */
  highWaterMark?: HighWaterMark
  /** What was last read of the accounts, for the time when the database is away. */
  lastKnown?: LastKnown
  /** The only way to start another program. */
  programs: Programs
  /** The CLIs' own locks, held where a copy lies of what is being refreshed; absent where nobody else is at the files. */
  credentialLocks?: CredentialLocks
  /** Where the CLIs keep their credentials on this machine, by provider. */
  credentialPlaces: readonly CredentialPlace[]
  /** The system that all this runs on. */
  system: LocalSystem
  /** Where other tools of this kind keep their files. Roots that are null are not named. */
  toolRoots?: { home: string | null; dataHome: string | null; openclawDirectory: string | null }
  /** Homes beside the person's own: those named in config.toml, and directories of homes of Windows. */
  otherHomes?: {
    configured: readonly string[]
    windowsUsers: readonly string[]
    /** Directories of Linux systems inside Windows, such as `\\wsl$`. */
    linuxRoots?: readonly string[]
  }
  /** Where whole copies of the database lie that were made before something that cannot be taken back; absent: nowhere. */
  copiesDirectory?: string
  /** Directory for CLI-held profiles: `$TOKENDECK_HOME/profiles`. */
  profilesDirectory: string
  /** Where the status for prompts is kept; absent where there is no home for it. */
  statusFile?: string
  /** Ports for the Codex callback listener, in order; overrides the provider's own. */
  callbackPorts: readonly number[]
  callbackListeners: CallbackListeners
  /** One refresh per grant in this process. */
  refreshes: SingleFlight<RefreshOutcome>
  /** Limits of alerts that config.toml sets, beneath the person's choices. */
  configuredAlerts?: { usageThresholds?: number[]; loginEndDays?: number[] }
  /** What alerts need to be told outside; absent where nothing is told. */
  telling?: Telling
  /** The dashboard's own address for links on callback pages, such as `http://localhost:4747/`. */
  dashboardUrl: () => string
}
