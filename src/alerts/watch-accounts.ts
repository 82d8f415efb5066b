/**
 * One look at all accounts: keeps what was crossed since the last, ends what is over. What stood so when a rule looked for
 * the first time is kept silently: it is no crossing. Whoever else looks at the same tables finds each crossing taken.
 */

import type { AccountsContext } from '../accounts/context.ts'
import { accountsInParts } from '../accounts/list-accounts.ts'
import {
  type AlertRow,
  alertsMark,
  clearAlerts,
  forgetAlerts,
  insertAlert,
  keepWatches,
  listOpenAlerts,
  readSnoozes,
  readWatches,
  type Watch,
} from '../db/alert-store.ts'
import { DAY_MS, MINUTE_MS } from '../lib/clock.ts'
import { letOthersRun } from '../lib/let-others-run.ts'
import { newId } from '../lib/random.ts'
import { type AlertRules, getAlertRules } from './alert-rules.ts'
import { createJudge, type Judge, type Judgement } from './judge-accounts.ts'
import { quietUntil } from './quiet-hours.ts'

/** Resets that differ by less are the same. */
const SAME_PERIOD_MS = 10 * MINUTE_MS
/** How long crossings that are over are remembered. */
const KEPT_MS = 90 * DAY_MS

/** Since when something is so, or not so any more, for this process: what passes by itself is not told. */
export interface AlertMemory {
  soSince: Map<string, number>
  overSince: Map<string, number>
}

/** The memory of a watcher that has just begun. */
export function newAlertMemory(): AlertMemory {
  return { soSince: new Map(), overSince: new Map() }
}

export interface Look {
  raised: string[]
  cleared: number
}

/**
 * Looks once.
 *
 * Shape:  → ids of what is told from now on, and how many are over
 * Errors: StoreError, AccountError store_failed; the next look catches up
 */
export async function watchAccounts(context: AccountsContext, memory: AlertMemory): Promise<Look> {
  const { database, clock } = context
  const rules = await getAlertRules(context)
  const open = await listOpenAlerts(database)
  const now = clock.now()
  const { found, known, newWatches } = await judge(context, { rules, open, now })
  const over = endedAlerts(open, found, memory, now)
  const cleared = await clearAlerts(database, over, now)
  const lasting = new Set(open.filter(({ id }) => !over.includes(id)).map(({ ruleKey }) => ruleKey))
  const isKnown = ({ ruleKey }: Judgement) => known.has(ruleKey)
  const fresh = found.filter((each) => each.isSo && !lasting.has(each.ruleKey))
  const news = fresh.filter((each) => isKnown(each) && hasSettled(memory.soSince, each, now))
  forgetOthers(memory.soSince, fresh)
  const raised = await raise(context, { news, first: fresh.filter((each) => !isKnown(each)), rules })
  await keepWatches(database, newWatches)
  return { raised, cleared }
}

interface Judged {
  /** What is so, and what is known of crossings that last. */
  found: Judgement[]
  /** The rules among them that have looked before. */
  known: Set<string>
  newWatches: Watch[]
}

/**
 * Every rule against every account, in parts between which others get their turn. What finds nothing, and was not told of, is
 * let go of with its part: of thousands of accounts that is nearly all.
 */
async function judge(
  context: AccountsContext,
  { rules, open, now }: { rules: AlertRules; open: readonly AlertRow[]; now: number },
): Promise<Judged> {
  const { database } = context
  const told = new Set(open.map(({ ruleKey }) => ruleKey))
  const judged: Judged = { found: [], known: new Set(), newWatches: [] }
  for await (const part of judgements(context, createJudge(rules, now))) {
    const watches = await readWatches(database, [...new Set(part.map(({ subject }) => subject))])
    for (const each of part) {
      if (!each.isSo && !told.has(each.ruleKey)) continue
      judged.found.push(each)
      if (watches.get(each.subject)?.has(each.ruleKey)) judged.known.add(each.ruleKey)
    }
    judged.newWatches.push(...watchesToKeep(part, rules, watches))
    await letOthersRun()
  }
  return judged
}

async function* judgements(context: AccountsContext, judge: Judge): AsyncGenerator<Judgement[]> {
  for await (const accounts of accountsInParts(context)) yield* judge.ofAccounts(accounts)
  yield judge.ofProviders()
}

/** Crossings that are over: their period has ended or began anew, or their state has passed, or their rule is gone. */
function endedAlerts(
  open: readonly AlertRow[],
  found: readonly Judgement[],
  memory: AlertMemory,
  now: number,
): string[] {
  const byRule = new Map(found.map((each) => [each.ruleKey, each]))
  const passing: Judgement[] = []
  const ended = open.filter(({ ruleKey, periodEndsAt, kind }) => {
    const isOfWindow = kind === 'usage' || kind === 'forecast'
    if (isOfWindow && periodEndsAt !== null && periodEndsAt <= now) return true
    const present = byRule.get(ruleKey)
    if (!present) return true
    if (!present.isOver) return false
    if (!isOfWindow) {
      passing.push(present)
      return hasSettled(memory.overSince, present, now)
    }
    // Within the same span once is enough, whatever the numbers do.
    return periodEndsAt === null || (present.periodEndsAt ?? 0) > periodEndsAt + SAME_PERIOD_MS
  })
  forgetOthers(memory.overSince, passing)
  return ended.map(({ id }) => id)
}

function hasSettled(since: Map<string, number>, { ruleKey, settleMs }: Judgement, now: number): boolean {
  const first = since.get(ruleKey) ?? now
  since.set(ruleKey, Math.min(first, now))
  return now - first >= settleMs
}

function forgetOthers(since: Map<string, number>, kept: readonly Judgement[]): void {
  const keys = new Set(kept.map(({ ruleKey }) => ruleKey))
  for (const key of since.keys()) if (!keys.has(key)) since.delete(key)
}

async function raise(
  context: AccountsContext,
  { news, first, rules }: { news: readonly Judgement[]; first: readonly Judgement[]; rules: AlertRules },
): Promise<string[]> {
  if (news.length + first.length === 0) return []
  const now = context.clock.now()
  const snoozes = await readSnoozes(context.database, now)
  const freeAt = quietUntil(rules.quietHours, now, context.system.timeZone)
  const raised: string[] = []
  for (const each of first) await insertAlert(context.database, silently(rowOf(context, each, now)))
  for (const group of Map.groupBy(news, ({ group }) => group).values()) {
    const [worst, ...lesser] = group.toSorted((a, b) => b.severity - a.severity)
    const row = rowOf(context, worst!, now)
    const deliverAt = Math.max(freeAt, snoozes.get(worst!.accountId ?? '') ?? 0)
    if (await insertAlert(context.database, { row, samePeriodMs: SAME_PERIOD_MS, deliverAt })) raised.push(row.id)
    for (const each of lesser) await insertAlert(context.database, silently(rowOf(context, each, now)))
  }
  for (const alertId of raised) context.events.publish({ type: 'alert.raised', alertId })
  return raised
}

function rowOf(context: AccountsContext, found: Judgement, at: number): AlertRow {
  const { ruleKey, kind, provider, accountId, windowId, threshold, periodEndsAt, details } = found
  return {
    ...{
      id: newId(context.random, 'alr'),
      ruleKey,
      kind,
      provider,
      accountId,
      windowId,
      threshold,
      periodEndsAt,
      details,
    },
    ...{ at, isQuiet: false, clearedAt: null, seenAt: null, snoozedUntil: null },
  }
}

function silently(row: AlertRow) {
  return { row: { ...row, isQuiet: true, seenAt: row.at }, samePeriodMs: SAME_PERIOD_MS, deliverAt: null }
}

/** What rules look at for the first time. A rule that could tell nothing yet has not looked. */
function watchesToKeep(
  found: readonly Judgement[],
  rules: AlertRules,
  watches: ReadonlyMap<string, ReadonlySet<string>>,
): Watch[] {
  // Rules that are gone look for the first time when they come back; windows that are away for a while do not.
  const isOfWindow = (key: string) => {
    const [kind, , , threshold] = key.split('|')
    return kind === 'usage'
      ? rules.kinds.usage && rules.usageThresholds.includes(Number(threshold))
      : kind === 'forecast' && rules.kinds.forecast
  }
  return [...Map.groupBy(found, (each) => each.subject)].flatMap(([subject, own]) => {
    const known = watches.get(subject) ?? new Set<string>()
    const looked = own.filter(({ isSo, ruleKey }) => isSo !== null && !known.has(ruleKey))
    const kept = [...known].filter((key) => isOfWindow(key) || own.some(({ ruleKey }) => ruleKey === key))
    if (looked.length === 0 && kept.length === known.size) return []
    return [{ subject, rules: [...kept, ...looked.map(({ ruleKey }) => ruleKey)] }]
  })
}

/** Lets go of old crossings. */
export async function forgetOldAlerts(context: AccountsContext): Promise<void> {
  await forgetAlerts(context.database, context.clock.now() - KEPT_MS)
}

/** Changes when anything about told crossings changed, wherever. */
export function alertsMarkOf({ database }: Pick<AccountsContext, 'database'>): Promise<string> {
  return alertsMark(database)
}
