/**
 * Reads limits when they are due. Wakes by a wall-clock tick and by news, asks the schedule with one indexed query, and
 * keeps the number of readings in flight small for each provider. What a reading is, it does not know.
 */

import type { AccountsContext } from '../accounts/context.ts'
import type { AppEvent } from '../events/bus.ts'
import { HOUR_MS, SECOND_MS } from '../lib/clock.ts'
import { errorName } from '../lib/log.ts'
import { listReadings, readSoon, type ScheduledReading, takeDueReading, tendSchedule } from '../limits/due-readings.ts'
import { readUsage } from '../limits/read-usage.ts'
import { InFlight } from './in-flight.ts'
import { createNappingLoop } from './napping-loop.ts'

/** The wall clock is looked at at least this often: timers stand still while a machine sleeps. */
const TICK_MS = 30 * SECOND_MS
/** After a refusal of the database. */
const REST_MS = 10 * SECOND_MS
/** Accounts of other processes that share the database are found this often, and old calls forgotten. */
const TEND_MS = HOUR_MS
/** Readings of one provider in flight; fewer where it wants its accounts refreshed one by one. */
const PLACES = 4

/** News of a login that can be read now, whatever was the matter before. */
const RENEWING: readonly AppEvent['type'][] = ['account.connected', 'grant.adopted']

export interface UsagePoller {
  start(): void
  /** Takes no new work from now on; resolves when the readings that it started have ended. */
  stop(): Promise<void>
}

/** A poller of all accounts of this context. */
export function createUsagePoller(context: AccountsContext): UsagePoller {
  const { clock } = context
  const inFlight = new InFlight()
  const renewed = new Set<string>()
  let isStopping = true
  let tendedAt = Number.NEGATIVE_INFINITY
  let unsubscribe = () => {}
  const loop = createNappingLoop({
    clock,
    round,
    onFailure: (error) => context.log.error('usage.schedule_not_read', { error }),
    restMs: REST_MS,
  })
  const isBusy = (id: string) =>
    inFlight.count(id) >= Math.min(PLACES, context.providers.get(id)?.refreshConcurrency ?? 1)

  async function round(): Promise<number> {
    if (clock.monotonic() - tendedAt >= TEND_MS) {
      await tendSchedule(context)
      tendedAt = clock.monotonic()
    }
    return await startDue()
  }

  /** Starts what is due; gives how long nothing else will be. Milliseconds. */
  async function startDue(): Promise<number> {
    for (const accountId of renewed) {
      renewed.delete(accountId)
      await readSoon(context, accountId)
    }
    const scheduled = await listReadings(context)
    const now = clock.now()
    for (const reading of scheduled) {
      if (isStopping) return 0
      if (reading.nextReadAt > now || isBusy(reading.provider) || inFlight.has(reading.accountId)) continue
      if (await takeDueReading(context, reading)) startOne(reading)
    }
    const next = scheduled.find(({ nextReadAt }) => nextReadAt > now)?.nextReadAt
    return Math.min(TICK_MS, next === undefined ? TICK_MS : next - now)
  }

  function startOne(reading: ScheduledReading): void {
    const { accountId } = reading
    const work = readUsage(context, accountId, { actor: 'scheduler' }).then(
      () => {},
      (error: unknown) => context.log.warn('usage.not_read', { account: accountId, error: errorName(error) }),
    )
    inFlight.add(reading, work, loop.wake)
  }

  return {
    start() {
      if (!isStopping) return
      isStopping = false
      tendedAt = Number.NEGATIVE_INFINITY
      unsubscribe = context.events.subscribe((event) => {
        if (!('accountId' in event) || !RENEWING.includes(event.type)) return
        renewed.add(event.accountId)
        loop.wake()
      })
      loop.start()
    },
    async stop() {
      isStopping = true
      unsubscribe()
      await loop.stop()
      await inFlight.settled()
    },
  }
}
