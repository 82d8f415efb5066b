/**
 * The callback listeners that are open now: one per place, shared by the sign-ins that wait there, and closed with the last
 * of them. Which sign-in an arrival belongs to is decided by whoever opened them.
 */

import type { Clock } from '../lib/clock.ts'
import { SECOND_MS } from '../lib/clock.ts'
import { SingleFlight } from '../lib/single-flight.ts'
import {
  type CallbackArrival,
  type CallbackListener,
  type CallbackPlace,
  openCallbackListener,
  type TakenPort,
} from '../oauth/callback-listener.ts'
import type { CallbackPageState, CallbackPages } from './callback-page.ts'

/** How long a listener outlives its last sign-in, so that the final page gets its style and survives a double hit. */
export const LINGER_MS = 10 * SECOND_MS

/** What the domain does with arrivals at any of its listeners. */
export interface CallbackOwner {
  /** Decides about a response and says what came of it. */
  arrive(arrival: CallbackArrival): Promise<CallbackPageState>
  /** Another program took the port over while this sign-in waited. */
  displaced(authorizationId: string): void
  dashboardUrl: () => string
}

/** One open listener and who waits there. */
interface Door {
  place: CallbackPlace
  listener: CallbackListener
  waiting: Set<string>
  /** Aborts the linger when somebody comes to wait again. */
  linger: AbortController | null
}

export class CallbackListeners {
  readonly #clock: Clock
  readonly #pages: CallbackPages
  readonly #doors = new Map<string, Door>()
  readonly #openings = new SingleFlight<{ door: Door } | { taken: TakenPort[] }>()
  readonly #portsTaken = new Map<string, TakenPort[]>()

  constructor(options: { clock: Clock; pages: CallbackPages }) {
    this.#clock = options.clock
    this.#pages = options.pages
  }

  /**
   * Makes sure that somebody listens for this sign-in.
   *
   * Shape:  authorization id, place, owner → the port of the redirect URI, or the ports that other programs hold
   */
  async open(
    authorizationId: string,
    place: CallbackPlace,
    owner: CallbackOwner,
  ): Promise<{ port: number } | { taken: TakenPort[] }> {
    const key = `${place.ports} ${place.path}`
    const opened = await this.#openings.run(key, async () => {
      const open = this.#doors.get(key)
      return open ? { door: open } : this.#openDoor(key, place, owner)
    })
    if ('taken' in opened) {
      this.#portsTaken.set(authorizationId, opened.taken)
      return opened
    }
    // The door may have closed between the two steps, when its last sign-in ended just now.
    if (this.#doors.get(key) !== opened.door) return this.open(authorizationId, place, owner)
    opened.door.linger?.abort()
    opened.door.linger = null
    opened.door.waiting.add(authorizationId)
    return { port: opened.door.listener.port }
  }

  /** The ports that this sign-in could not have; empty when it never asked or got one. */
  portsTaken(authorizationId: string): TakenPort[] {
    return this.#portsTaken.get(authorizationId) ?? []
  }

  /** True while this sign-in has a listener. */
  isWaiting(authorizationId: string): boolean {
    return [...this.#doors.values()].some((door) => door.waiting.has(authorizationId))
  }

  /** This sign-in waits no longer. `lingers`: a browser is being shown its end, so the port stays for a moment. */
  release(authorizationId: string, lingers = false): void {
    this.#portsTaken.delete(authorizationId)
    for (const [key, door] of this.#doors) {
      if (!door.waiting.delete(authorizationId) || door.waiting.size > 0) continue
      if (lingers) void this.#closeLater(key, door)
      else this.#close(key, door)
    }
  }

  /** Ports that are open now. */
  get openPorts(): number[] {
    return [...this.#doors.values()].map((door) => door.listener.port)
  }

  /** Closes everything at once, for the end of the process. */
  async closeAll(): Promise<void> {
    const doors = [...this.#doors.values()]
    this.#doors.clear()
    this.#portsTaken.clear()
    for (const door of doors) door.linger?.abort()
    await Promise.all(doors.map((door) => door.listener.close(true)))
  }

  async #openDoor(key: string, place: CallbackPlace, owner: CallbackOwner) {
    const outcome = await openCallbackListener(place, {
      styleSheet: this.#pages.styleSheet,
      respond: async (arrival) =>
        this.#pages.render(await owner.arrive(arrival), arrival.acceptLanguage, owner.dashboardUrl()),
      cancel: () => this.#displace(key, owner),
    })
    if ('taken' in outcome) return outcome
    const door: Door = { place, listener: outcome.listener, waiting: new Set(), linger: null }
    this.#doors.set(key, door)
    return { door }
  }

  #displace(key: string, owner: CallbackOwner): void {
    const door = this.#doors.get(key)
    if (!door) return
    const displaced = [...door.waiting]
    this.#close(key, door)
    for (const authorizationId of displaced) owner.displaced(authorizationId)
  }

  async #closeLater(key: string, door: Door): Promise<void> {
    const linger = new AbortController()
    door.linger = linger
    await this.#clock.sleep(LINGER_MS, linger.signal)
    if (!linger.signal.aborted) this.#close(key, door)
  }

  #close(key: string, door: Door): void {
    door.linger?.abort()
    this.#doors.delete(key)
    void door.listener.close()
  }
}
