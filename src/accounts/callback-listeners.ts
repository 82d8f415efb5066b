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
  type CallbackListenerOutcome,
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
  readonly #doors = new Set<Door>()
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
    // One opening at a time per path: the second finds the first one's listener.
    const opened = await this.#openings.run(place.path, async () => {
      const door = [...this.#doors].find((open) => isAt(open, place))
      return door ? { door } : this.#openDoor(place, owner)
    })
    if ('taken' in opened) {
      this.#portsTaken.set(authorizationId, opened.taken)
      return opened
    }
    const { door } = opened
    // Two steps lie between: the listener may have closed meanwhile, or stand elsewhere than this one may wait.
    if (!this.#doors.has(door) || !isAt(door, place)) return this.open(authorizationId, place, owner)
    door.linger?.abort()
    door.linger = null
    door.waiting.add(authorizationId)
    return { port: door.listener.port }
  }

  /** The ports that this sign-in could not have; empty when it never asked or got one. */
  portsTaken(authorizationId: string): TakenPort[] {
    return this.#portsTaken.get(authorizationId) ?? []
  }

  /** True while this sign-in has a listener. */
  isWaiting(authorizationId: string): boolean {
    return [...this.#doors].some((door) => door.waiting.has(authorizationId))
  }

  /** This sign-in waits no longer. `lingers`: a browser is being shown its end, so the port stays for a moment. */
  release(authorizationId: string, lingers = false): void {
    this.#portsTaken.delete(authorizationId)
    for (const door of this.#doors) {
      if (!door.waiting.delete(authorizationId) || door.waiting.size > 0) continue
      if (lingers) void this.#closeLater(door)
      else this.#close(door)
    }
  }

  /** Ports that are open now. */
  get openPorts(): number[] {
    return [...this.#doors].map((door) => door.listener.port)
  }

  /** Closes everything at once, for the end of the process. */
  async closeAll(): Promise<void> {
    const doors = [...this.#doors]
    this.#doors.clear()
    this.#portsTaken.clear()
    for (const door of doors) door.linger?.abort()
    await Promise.all(doors.map((door) => door.listener.close(true)))
  }

  async #openDoor(place: CallbackPlace, owner: CallbackOwner) {
    const outcome = await openCallbackListener(place, {
      styleSheet: this.#pages.styleSheet,
      respond: async (arrival) =>
        this.#pages.render(await owner.arrive(arrival), arrival.acceptLanguage, owner.dashboardUrl()),
      cancel: () => this.#displace(outcome, owner),
    })
    if ('taken' in outcome) return outcome
    const door: Door = { place, listener: outcome.listener, waiting: new Set(), linger: null }
    this.#doors.add(door)
    return { door }
  }

  #displace(outcome: CallbackListenerOutcome, owner: CallbackOwner): void {
    const door = [...this.#doors].find((open) => 'listener' in outcome && open.listener === outcome.listener)
    if (!door) return
    const displaced = [...door.waiting]
    this.#close(door)
    for (const authorizationId of displaced) owner.displaced(authorizationId)
  }

  async #closeLater(door: Door): Promise<void> {
    const linger = new AbortController()
    door.linger = linger
    await this.#clock.sleep(LINGER_MS, linger.signal)
    if (!linger.signal.aborted) this.#close(door)
  }

  #close(door: Door): void {
    door.linger?.abort()
    this.#doors.delete(door)
    void door.listener.close()
  }
}

/** True when a sign-in that may wait at `place` may wait here. */
function isAt(door: Door, place: CallbackPlace): boolean {
  if (door.place.path !== place.path) return false
  return place.ports === 'free' ? door.place.ports === 'free' : place.ports.includes(door.listener.port)
}
