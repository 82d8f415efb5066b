/**
 * The record of every request that goes to a provider. It stands around the transport, so that no caller can leave it out,
 * and writes a moment after a call ended: between an answer and its durability there is nothing of this.
 */

import {
  type CallCount,
  type CallFilter,
  type CallRow,
  countCalls,
  insertCalls,
  listCallRows,
  type NewCallRow,
} from '../db/call-store.ts'
import type { Database } from '../db/client.ts'
import { StoreError } from '../db/query.ts'
import { type Clock, DAY_MS } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { OAuthTransportError } from '../oauth/errors.ts'
import type { OutgoingRequest, Transport } from '../oauth/transport.ts'
import type { AccountsContext } from './context.ts'
import { namingStoreRefusals } from './store-refusals.ts'

/** How long a call is remembered. */
export const CALLS_KEPT_MS = 90 * DAY_MS
/** A database that takes nothing for so many calls loses the oldest of them. */
const MOST_WAITING = 10_000
const CALLS_PER_COMMIT = 200

export interface CallLedger {
  /** The transport whose calls are recorded. */
  readonly transport: Transport
  /** Writes what waits. Errors: StoreError; then it still waits */
  flush(): Promise<void>
  /** Calls `listener` after each call; the result ends that. */
  subscribe(listener: () => void): () => void
}

/** A ledger around a transport. */
export function createCallLedger(options: {
  transport: Transport
  clock: Clock
  database: Database
  log: Log
}): CallLedger {
  const { clock, database, log } = options
  const waiting: NewCallRow[] = []
  const listeners = new Set<() => void>()
  let flushing: Promise<void> = Promise.resolve()

  /** Nothing but a push: an answer that was paid for with a refresh token is on its way to the disk. */
  function note(call: NewCallRow): void {
    waiting.push(call)
    if (waiting.length > MOST_WAITING) {
      waiting.shift()
      log.warn('calls.dropped', { provider: call.provider })
    }
    for (const listener of listeners) listener()
  }

  async function write(): Promise<void> {
    while (waiting.length > 0) {
      const calls = waiting.slice(0, CALLS_PER_COMMIT)
      await insertCalls(database, calls)
      waiting.splice(0, calls.length)
    }
  }

  return {
    transport: {
      async send(request) {
        const started = { at: clock.now(), monotonic: clock.monotonic() }
        const end = () => Math.round(clock.monotonic() - started.monotonic)
        try {
          const answer = await options.transport.send(request)
          note({ ...callOf(request, started.at), outcome: 'answered', httpStatus: answer.status, durationMs: end() })
          return answer
        } catch (error) {
          const { maybeSent, code } =
            error instanceof OAuthTransportError ? error : { maybeSent: true, code: 'unexpected' }
          const outcome = maybeSent ? 'interrupted' : 'not_sent'
          note({ ...callOf(request, started.at), outcome, code, durationMs: end() })
          throw error
        }
      },
    },
    flush() {
      const run = flushing.then(write)
      flushing = run.catch(() => {})
      return run
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function callOf({ purpose }: OutgoingRequest, at: number) {
  const { provider, endpoint, why, accountId, budgetLeft = null } = purpose
  return { at, provider, endpoint, why, accountId, httpStatus: null, code: null, budgetLeft }
}

type LedgerContext = Pick<AccountsContext, 'calls' | 'clock' | 'database'>

/** Calls to providers, newest first. Errors: AccountError store_failed */
export function listCalls(context: LedgerContext, filter: CallFilter): Promise<CallRow[]> {
  return namingStoreRefusals(async () => {
    await flushed(context)
    return listCallRows(context.database, filter)
  })
}

/** How often each endpoint was called in the last 24 hours. Errors: AccountError store_failed */
export function callsOfDay(context: LedgerContext): Promise<CallCount[]> {
  return namingStoreRefusals(async () => {
    await flushed(context)
    return countCalls(context.database, context.clock.now() - DAY_MS)
  })
}

/** What cannot be written just now is told later; what is written already can be told. */
async function flushed({ calls }: LedgerContext): Promise<void> {
  await calls.flush().catch((error: unknown) => {
    if (!(error instanceof StoreError)) throw error
  })
}
