/**
 * Refreshes what is due, when it is due. Wakes by a wall-clock tick and by news, asks the schedule with one indexed query,
 * and keeps the number of refreshes in flight small for each provider. What a refresh is, it does not know.
 */

import type { AccountsContext } from '../accounts/context.ts'
import { refreshGrant } from '../accounts/refresh-grant.ts'
import type { RefreshOutcome } from '../accounts/refresh-outcome.ts'
import { UNREACHED_CODES } from '../accounts/refresh-policy.ts'
import { hastenUnreached, listSchedule, type ScheduledGrant, spreadSchedule } from '../accounts/refresh-schedule.ts'
import type { AppEvent } from '../events/bus.ts'
import { MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { errorName } from '../lib/log.ts'
import { InFlight } from './in-flight.ts'
import { createNappingLoop } from './napping-loop.ts'
import { Outages } from './outages.ts'

/** The wall clock is looked at at least this often: timers stand still while a machine sleeps. */
const TICK_MS = 30 * SECOND_MS
/** A tick that is this much late, or early, by the wall clock means that the machine slept or the clock was set. */
const JUMP_MS = MINUTE_MS
/** Another machine's clock may have written times that only this one sees to be wrong. */
const LONGEST_UNSPREAD_MS = 10 * MINUTE_MS
/** After a refusal of the database, or a refresh that left its account as due as it was. */
const REST_MS = 5 * SECOND_MS
/** Ends of a refresh that wrote a new place in the schedule, or none. */
const MOVES_ON = new Set<string>([
  'refreshed',
  'adopted',
  'transient',
  'file_newer',
  'cli_lock_busy',
  'cli_lock_refused',
  'misconfigured',
  'unknown_outcome',
  'refused',
  'outcome_lost',
  'restored',
  'identity_changed',
])
/** Ends of a refresh that somebody at the provider had a hand in. */
const ANSWERED = new Set<string>([
  'refreshed',
  'transient',
  'misconfigured',
  'unknown_outcome',
  'refused',
  'outcome_lost',
])

/** News after which something may be due earlier than was thought. */
const CONCERNING: readonly AppEvent['type'][] = [
  'account.connected',
  'account.changed',
  'grant.adopted',
  'grant.refreshed',
  'grant.refresh_failed',
]

export interface RefreshScheduler {
  start(): void
  /** Takes no new work from now on; resolves when the refreshes that it started have ended. */
  stop(): Promise<void>
}

/** A scheduler of all grants of this context. */
export function createRefreshScheduler(context: AccountsContext): RefreshScheduler {
  const { clock } = context
  const inFlight = new InFlight()
  /** Accounts whose refresh ended without moving their place in the schedule, and until when they are left; monotonic. */
  const resting = new Map<string, number>()
  /** Due when the schedule was last read, and not started yet. */
  let due: ScheduledGrant[] = []
  let outages = new Outages(context, welcomeBack)
  let isStopping = true
  let unsubscribe = () => {}
  // Whatever became due while nobody ran comes in its own time, as after a sleep.
  let isAwakened = true
  let spreadAt = 0
  /** When the last round ended and for how long the nap after it was to be; wall clock. */
  let napped: { at: number; ms: number } | null = null
  const loop = createNappingLoop({
    clock,
    round,
    onFailure: (error) => context.log.error('scheduler.schedule_not_read', { error }),
    restMs: REST_MS,
  })

  /** True for a provider that is unknown, or has all its places taken. */
  const isFull = (id: string) => inFlight.count(id) >= (context.providers.get(id)?.refreshConcurrency ?? 0)
  /** True for one that gets no more work now: full, or out of reach. After that it gets one place until it is reached. */
  const isBusy = (id: string) => isFull(id) || outages.isHeld(id) || (outages.has(id) && inFlight.count(id) >= 1)
  /** The one retry after a lost answer does not wait for others: a provider's patience with a spent token is short. */
  const mustWait = ({ provider, isUncertain }: ScheduledGrant) => (isUncertain ? isFull(provider) : isBusy(provider))

  async function round(): Promise<number> {
    const sleptMs = napped === null ? 0 : clock.now() - napped.at
    if (sleptMs < -JUMP_MS || sleptMs > (napped?.ms ?? 0) + JUMP_MS) isAwakened = true
    napped = { at: clock.now(), ms: REST_MS }
    if (isAwakened || clock.monotonic() - spreadAt > LONGEST_UNSPREAD_MS) {
      await spreadSchedule(context)
      spreadAt = clock.monotonic()
    }
    isAwakened = false
    const ms = await startDue()
    napped = { at: clock.now(), ms }
    return ms
  }

  /** Looks at the schedule and starts what is due; gives how long nothing else will be. Milliseconds. */
  async function startDue(): Promise<number> {
    const ids = [...context.providers.keys()]
    const scheduled = await listSchedule(context, {
      providers: ids.filter((id) => !isBusy(id)),
      uncertainOf: ids.filter((id) => !isFull(id)),
    })
    const now = clock.now()
    for (const grant of scheduled) if (UNREACHED_CODES.includes(grant.lastFailureCode ?? '')) outages.noteRow(grant)
    for (const [accountId, until] of resting) if (until <= clock.monotonic()) resting.delete(accountId)
    due = scheduled.filter(
      ({ nextRefreshAt, accountId }) => nextRefreshAt <= now && !inFlight.has(accountId) && !resting.has(accountId),
    )
    startWaiting()
    const next = scheduled.find((grant) => grant.nextRefreshAt > now)?.nextRefreshAt
    return Math.min(TICK_MS, next === undefined ? TICK_MS : next - now, outages.look())
  }

  /** Starts those that wait for a place, without asking the database again; true when there was one. */
  function startWaiting(): boolean {
    const waiting = due
    due = []
    let hasStarted = false
    for (const grant of waiting) {
      if (isStopping) return hasStarted
      if (mustWait(grant)) {
        due.push(grant)
      } else {
        startOne(grant)
        hasStarted = true
      }
    }
    return hasStarted
  }

  function startOne(grant: ScheduledGrant): void {
    const { accountId, provider } = grant
    const purpose = grant.isUncertain ? 'retry_after_unknown' : 'scheduled'
    const work = refreshGrant(context, accountId, { purpose, actor: 'scheduler' })
      .then((outcome) => {
        noteReach(provider, outcome)
        if (!MOVES_ON.has(outcome.reason.code)) resting.set(accountId, clock.monotonic() + REST_MS)
      })
      .catch((error) => {
        context.log.error('scheduler.refresh_failed', { account: accountId, error: errorName(error) })
        resting.set(accountId, clock.monotonic() + REST_MS)
      })
    inFlight.add(grant, work, () => {
      if (!startWaiting()) loop.wake()
    })
  }

  function noteReach(provider: string, { reason: { code, params } }: RefreshOutcome): void {
    if (code === 'transient' && UNREACHED_CODES.includes(String(params.failureCode))) outages.noteFailure(provider)
    else if (ANSWERED.has(code)) outages.noteReach(provider)
  }

  async function welcomeBack(provider: string): Promise<void> {
    await hastenUnreached(context, provider).catch((error: unknown) =>
      context.log.error('scheduler.schedule_not_read', { error: errorName(error) }),
    )
    loop.wake()
  }

  return {
    start() {
      if (!isStopping) return
      isStopping = false
      isAwakened = true
      napped = null
      outages = new Outages(context, welcomeBack)
      unsubscribe = context.events.subscribe((event) => {
        const isOwn = 'accountId' in event && inFlight.has(event.accountId)
        if (CONCERNING.includes(event.type) && !isOwn) loop.wake()
      })
      loop.start()
    },
    async stop() {
      isStopping = true
      unsubscribe()
      await loop.stop()
      await outages.stop()
      await inFlight.settled()
    },
  }
}
