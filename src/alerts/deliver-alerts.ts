/**
 * Brings alerts to their channels: each is claimed in the database before it is told, tried again with growing pauses, and
 * given up visibly. A process that dies in the middle tells it a second time at worst; its id tells receivers that it is the same.
 */

import type { AccountsContext } from '../accounts/context.ts'
import { thisMachineId } from '../accounts/machines.ts'
import { namingStoreRefusals } from '../accounts/store-refusals.ts'
import {
  claimDelivery,
  type DueDelivery,
  endDelivery,
  listDueDeliveries,
  pauseChannel,
  postponeDelivery,
} from '../db/alert-channel-store.ts'
import { type BackoffShape, backoffMs } from '../lib/backoff.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { newId } from '../lib/random.ts'
import { getChannel } from './alert-channels.ts'
import { getAlertRules } from './alert-rules.ts'
import { quietUntil } from './quiet-hours.ts'
import type { SendOutcome } from './send-outside.ts'
import { tellChannel } from './tell-channel.ts'

/** Tries before a delivery is given up; with these pauses that takes about 15 hours. */
export const MOST_TRIES = 8
const PAUSES: BackoffShape = { firstMs: 30 * SECOND_MS, factor: 4, maxMs: 6 * HOUR_MS, jitter: 0.2 }
/** Longer than any channel may take. */
const CLAIM_MS = 2 * MINUTE_MS
const AT_ONCE = 20

/** Tells what is due. Shape: → how many were told. Errors: StoreError; the next run catches up */
export async function deliverAlerts(context: AccountsContext, signal?: AbortSignal): Promise<number> {
  const { clock, database } = context
  const { quietHours } = await getAlertRules(context)
  const now = clock.now()
  const due = await listDueDeliveries(database, { now, machineId: thisMachineId(context), limit: AT_ONCE })
  if (due.length === 0) return 0
  const freeAt = quietUntil(quietHours, now, context.system.timeZone)
  let told = 0
  for (const each of due) {
    if (signal?.aborted) break
    if (freeAt > now) await postponeDelivery(database, each.delivery, freeAt)
    else if (await deliver(context, each, signal)) told += 1
  }
  return told
}

async function deliver(context: AccountsContext, due: DueDelivery, signal?: AbortSignal): Promise<boolean> {
  const { clock, database } = context
  const { delivery, channel, alert } = due
  const claimedUntil = clock.now() + CLAIM_MS
  if (!(await claimDelivery(database, delivery, claimedUntil))) return false
  const outcome = await tellChannel(context, channel, alert, signal)
  const now = clock.now()
  // Shutting down is no failure of the channel: the claim runs out, and somebody else tells it.
  if (!outcome.isSent && signal?.aborted) return false
  await endDelivery(database, { id: delivery.id, claimedUntil }, endOf(context, outcome, delivery.tries + 1, now))
  if (!outcome.isSent) {
    context.log.warn('alert.not_told', { channel: channel.id, code: outcome.code, tries: delivery.tries + 1 })
    if (outcome.code === 'http_410') await pauseGone(context, due, now)
  }
  context.events.publish({ type: 'alerts.changed' })
  return outcome.isSent
}

function endOf(context: AccountsContext, outcome: SendOutcome, tries: number, now: number) {
  if (outcome.isSent) return { nextTryAt: null, deliveredAt: now, gaveUpAt: null, failureCode: null }
  const isOver = outcome.isFinal || tries >= MOST_TRIES
  return {
    nextTryAt: isOver ? null : now + backoffMs(PAUSES, tries, context.random),
    deliveredAt: null,
    gaveUpAt: isOver ? now : null,
    failureCode: outcome.code,
  }
}

/** A receiver that is gone for good is not asked again. */
async function pauseGone(context: AccountsContext, { channel }: DueDelivery, now: number): Promise<void> {
  const details = { channel: channel.id, channel_kind: channel.kind, code: 'http_410' }
  const event = { at: now, accountId: null, kind: 'alert.channel_paused', actor: 'scheduler', details }
  await pauseChannel(context.database, channel.id, { pausedAt: now, now }, event)
}

/**
 * Tells a test to a channel now, quiet hours or not.
 *
 * Errors: AlertChannelError not_found; AccountError store_failed
 */
export function testChannel(context: AccountsContext, id: string): Promise<SendOutcome> {
  return namingStoreRefusals(async () => {
    const channel = await getChannel(context, id)
    if (channel.machineId !== null && channel.machineId !== thisMachineId(context)) {
      return { isSent: false, code: 'other_machine', isFinal: true }
    }
    const at = context.clock.now()
    return await tellChannel(context, channel, {
      ...{ id: newId(context.random, 'alr'), kind: 'test', provider: '', accountId: null, windowId: null },
      ...{ threshold: null, at, details: {} },
    })
  })
}
