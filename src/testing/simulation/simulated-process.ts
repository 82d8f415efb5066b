/**
 * One process of the product inside a run: the real domain with a context whose clock, chance, database and network are the
 * run's. It can be killed at any wait, stopped for a while, and its wall clock set.
 */

import type { AccountsContext } from '../../accounts/context.ts'
import { StoreError } from '../../db/query.ts'
import { EventBus } from '../../events/bus.ts'
import type { Clock } from '../../lib/clock.ts'
import { localSystem } from '../../lib/local-system.ts'
import { silentLog } from '../../lib/log.ts'
import { Secret } from '../../lib/secret.ts'
import { SingleFlight } from '../../lib/single-flight.ts'
import { claude } from '../../oauth/providers/claude.ts'
import type { SealedPlace, Vault } from '../../vault/vault.ts'
import type { ModelSpool } from './model-spool.ts'
import { simulatedReach, simulatedTransport } from './simulated-transport.ts'
import type { Simulation } from './simulation.ts'
import type { Schedulable, SimulatedEvent } from './world.ts'

const providers = new Map([[claude.id, claude]])

export class SimulatedProcess implements Schedulable {
  isAlive = true
  pausedUntil = 0
  /** Milliseconds that it was stopped, in all. */
  pausedMs = 0
  /** How far its wall clock is from the truth. */
  wallOffset = 0
  readonly context: AccountsContext

  constructor(
    readonly simulation: Simulation,
    readonly name: string,
    readonly isSoleOwner: boolean,
    /** Of its machine. */
    readonly spool: ModelSpool,
  ) {
    const context: Partial<AccountsContext> = {
      clock: clockOf(this),
      system: { ...localSystem, timeZone: 'UTC' },
      random: simulation.world.dice,
      log: silentLog,
      database: { simulated: (name: string, given: unknown[]) => this.#query(name, given) } as never,
      vault: plainVault,
      providers,
      transport: simulatedTransport(this),
      reach: simulatedReach(this),
      events: new EventBus(),
      owner: name,
      isSoleOwner,
      isDatabaseRemote: simulation.weather.isRemote,
      answerSpool: simulation.weather.isRemote ? spool.asSpool : undefined,
      credentialPlaces: [],
      profilesDirectory: '/nowhere/profiles',
      callbackPorts: [],
      callbackListeners: null as never,
      refreshes: new SingleFlight(),
      dashboardUrl: () => '',
    }
    // What else a context has, a refresh does not touch.
    this.context = context as AccountsContext
  }

  after(ms: number, label: string, happen: () => void): SimulatedEvent {
    return this.simulation.world.after(ms, this, label, happen)
  }

  /** A query takes its time, may be refused, and its answer may be lost or be late. */
  #query(name: string, given: unknown[]): Promise<unknown> {
    const { world, weather, store } = this.simulation
    const { dice } = world
    const query = store[name as keyof typeof store] as ((...given: unknown[]) => unknown) | undefined
    if (!query) return Promise.reject(new Error(`The simulation does not know the query ${name}`))
    return new Promise((resolve, reject) => {
      const slow = dice.chance(weather.slowStore) ? dice.between(1_000, 40_000) : 0
      this.after(slow, name, () => {
        if (this.simulation.storeAwayUntil > world.time || dice.chance(weather.storeRefusal)) {
          world.note('  refused', this)
          reject(new StoreError('busy'))
          return
        }
        let result: unknown
        try {
          result = query(...given)
        } catch (error) {
          reject(error)
          return
        }
        if (dice.chance(weather.storeUnheard)) {
          world.note('  done, unheard', this)
          reject(new StoreError('io'))
        } else if (dice.chance(0.2)) this.after(0, `${name} is answered`, () => resolve(result))
        else resolve(result)
      })
    })
  }
}

function clockOf(process: SimulatedProcess): Clock {
  const { world } = process.simulation
  const startedAt = world.time
  return {
    now: () => world.time + process.wallOffset,
    monotonic: () => world.time - startedAt,
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        const wake = () => {
          signal?.removeEventListener('abort', wake)
          world.cancel(sleeping)
          resolve()
        }
        const sleeping = process.after(ms, 'wakes', wake)
        signal?.addEventListener('abort', wake)
      })
    },
  }
}

/** Seals nothing, but notices when an envelope is opened at another place than its own. */
const plainVault: Vault = {
  keyId: 'k_SIMULATED',
  keySource: 'file',
  keyLocation: '/nowhere/key',
  seal: (place, secret) => `${nameOf(place)}|${secret.reveal()}`,
  open(place, envelope) {
    const name = nameOf(place)
    if (!envelope.startsWith(`${name}|`)) throw new Error(`An envelope of another place than ${name}: ${envelope}`)
    return new Secret(envelope.slice(name.length + 1))
  },
  fingerprint: (purpose, secret) => `${purpose}:${secret.reveal()}`,
} as Vault

function nameOf({ table, column, owner, generation }: SealedPlace): string {
  return `${table}.${column}.${owner}.${generation}`
}

/** The text that the plain vault sealed. */
export function sealedText(envelope: string): string {
  return envelope.slice(envelope.indexOf('|') + 1)
}
