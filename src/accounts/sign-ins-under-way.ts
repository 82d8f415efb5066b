/**
 * What of a sign-in lives in this process only: its timer or poll, and the exchange that runs. All of it can be lost; the
 * rows say what is true.
 */

import { SingleFlight } from '../lib/single-flight.ts'
import type { AccountsContext } from './context.ts'

/** How an attempt to finish ended; refusals are thrown as AccountError. */
export interface FinishedSignIn {
  accountId: string
}

class SignInsUnderWay {
  /** One exchange per authorization. */
  readonly exchanges = new SingleFlight<FinishedSignIn>()
  readonly #turns = new Map<string, Promise<unknown>>()
  readonly #watches = new Map<string, { controller: AbortController; ended: Promise<void> }>()

  /** Runs `task` until it ends or the sign-in does. A second watch of the same sign-in is not started. */
  watch(authorizationId: string, task: (signal: AbortSignal) => Promise<void>): void {
    if (this.#watches.has(authorizationId)) return
    const controller = new AbortController()
    const ended = task(controller.signal)
      .catch(() => {})
      .finally(() => this.#watches.delete(authorizationId))
    this.#watches.set(authorizationId, { controller, ended })
  }

  /** Runs tasks that share a key one after the other, in the order in which they came. */
  inTurn<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(key) ?? Promise.resolve()
    const run = before.then(task, task)
    this.#turns.set(key, run)
    const forget = () => {
      if (this.#turns.get(key) === run) this.#turns.delete(key)
    }
    run.then(forget, forget)
    return run
  }

  end(authorizationId: string): void {
    this.#watches.get(authorizationId)?.controller.abort()
  }

  async stop(): Promise<void> {
    const watches = [...this.#watches.values()]
    for (const watch of watches) watch.controller.abort()
    await Promise.all(watches.map((watch) => watch.ended))
    await this.exchanges.settled()
  }
}

const underWay = new WeakMap<AccountsContext, SignInsUnderWay>()

/** The sign-ins of this context. */
export function signInsUnderWay(context: AccountsContext): SignInsUnderWay {
  const known = underWay.get(context)
  if (known) return known
  const created = new SignInsUnderWay()
  underWay.set(context, created)
  return created
}

/** A sign-in is over: its timer and poll stop, its listener closes, and pages are told. */
export function endSignIn(
  context: AccountsContext,
  authorizationId: string,
  options: { lingers?: boolean } = {},
): void {
  signInsUnderWay(context).end(authorizationId)
  context.callbackListeners.release(authorizationId, options.lingers)
  context.events.publish({ type: 'authorization.changed', authorizationId })
}

/** Stops polls, timers and listeners, and waits for exchanges under way: their answers must not be lost. For shutdown. */
export async function stopSignIns(context: AccountsContext): Promise<void> {
  await signInsUnderWay(context).stop()
  await context.callbackListeners.closeAll()
}
