/**
 * What the people of the fake provider have used of their limits: windows that begin, fill and start anew by the
 * provider's clock, and a ledger of every use, against which pages and alerts are counted.
 */

import { type Clock, DAY_MS, HOUR_MS } from '../lib/clock.ts'

/** One window of somebody. `model` alone counts in it; null: everything. */
export interface FakeWindow {
  kind: 'session' | 'weekly' | 'monthly'
  model: string | null
  lengthMs: number
  usedPercent: number
  /** Epoch milliseconds; null before it has begun. */
  resetsAt: number | null
}

/** One use, as it was booked. */
export interface FakeUse {
  at: number
  identity: string
  kind: FakeWindow['kind']
  model: string | null
  percent: number
}

const LENGTHS = { session: 5 * HOUR_MS, weekly: 7 * DAY_MS, monthly: 30 * DAY_MS }

/** A window in few words: what it is, how full, and how long until it starts anew. */
export function fakeWindow(
  kind: FakeWindow['kind'],
  usedPercent: number,
  resetsAt: number | null,
  model: string | null = null,
): FakeWindow {
  return { kind, model, lengthMs: LENGTHS[kind], usedPercent, resetsAt }
}

/** Everybody's windows. Whoever was not set has used a little of two. */
export class FakeUsage {
  /** Every use in its order. */
  readonly ledger: FakeUse[] = []
  readonly #windows = new Map<string, FakeWindow[]>()

  constructor(readonly clock: Clock) {}

  /** Gives somebody these windows, in place of those before. */
  set(identity: string, windows: FakeWindow[]): void {
    this.#windows.set(identity, windows)
  }

  /** Somebody's windows as they are now: what is over has started anew, empty. */
  of(identity: string): FakeWindow[] {
    const now = this.clock.now()
    const windows = this.#windows.get(identity) ?? [
      fakeWindow('session', 23, now + 3 * HOUR_MS),
      fakeWindow('weekly', 41, now + 4 * DAY_MS),
    ]
    this.#windows.set(identity, windows)
    for (const window of windows) {
      if (window.resetsAt === null || window.resetsAt > now) continue
      window.usedPercent = 0
      // A session begins with its first use; the others follow one another.
      const spans = Math.ceil((now - window.resetsAt + 1) / window.lengthMs)
      window.resetsAt = window.kind === 'session' ? null : window.resetsAt + spans * window.lengthMs
    }
    return windows
  }

  /** Books a use in every window of that kind and model; a window that had not begun begins. */
  use(
    identity: string,
    percent: number,
    { kind, model = null }: { kind: FakeWindow['kind']; model?: string | null },
  ): void {
    const at = this.clock.now()
    for (const window of this.of(identity)) {
      if (window.kind !== kind || window.model !== model) continue
      window.resetsAt ??= at + window.lengthMs
      window.usedPercent += percent
      this.ledger.push({ at, identity, kind, model, percent })
    }
  }
}

const GROUPS = { session: 'session', weekly: 'weekly', monthly: 'monthly' }
const KINDS = { session: 'session', weekly: 'weekly_all', monthly: 'monthly_all' }

/** The answer as Claude gives it: the newer list and the named windows beside it. */
export function claudeUsageBody(windows: readonly FakeWindow[]): Record<string, unknown> {
  const at = ({ resetsAt }: FakeWindow) => (resetsAt === null ? null : new Date(resetsAt).toISOString())
  const named = (kind: FakeWindow['kind']) => {
    const window = windows.find((each) => each.kind === kind && each.model === null)
    return window ? { utilization: window.usedPercent, resets_at: at(window) } : null
  }
  return {
    five_hour: named('session'),
    seven_day: named('weekly'),
    seven_day_opus: null,
    iguana_necktie: null,
    limits: windows.map((window) => ({
      kind: window.model === null ? KINDS[window.kind] : 'weekly_scoped',
      group: GROUPS[window.kind],
      percent: window.usedPercent,
      severity: 'normal',
      resets_at: at(window),
      scope: window.model === null ? null : { model: { id: null, display_name: window.model }, surface: null },
      is_active: true,
    })),
    extra_usage: { is_enabled: false, monthly_limit: null, used_credits: null, utilization: null, currency: null },
  }
}

/** The answer as Codex gives it: the first window is the first, whatever its length. */
export function codexUsageBody(
  windows: readonly FakeWindow[],
  plan: string | null,
  now: number,
): Record<string, unknown> {
  const window = (each: FakeWindow | undefined) =>
    each === undefined
      ? null
      : {
          used_percent: Math.round(each.usedPercent),
          limit_window_seconds: each.lengthMs / 1_000,
          reset_after_seconds: Math.round(((each.resetsAt ?? now + each.lengthMs) - now) / 1_000),
          reset_at: Math.floor((each.resetsAt ?? now + each.lengthMs) / 1_000),
        }
  const limit = (of: FakeWindow[]) => ({
    allowed: true,
    limit_reached: of.some(({ usedPercent }) => usedPercent >= 100),
    primary_window: window(of[0]),
    secondary_window: window(of[1]),
  })
  const models = [...new Set(windows.flatMap(({ model }) => (model === null ? [] : [model])))]
  return {
    plan_type: plan,
    rate_limit: limit(windows.filter(({ model }) => model === null)),
    additional_rate_limits: models.map((model) => ({
      limit_name: model,
      metered_feature: model.toLowerCase().replaceAll(' ', '_'),
      rate_limit: limit(windows.filter((each) => each.model === model)),
    })),
    credits: { has_credits: false, unlimited: false, balance: '0' },
    spend_control: { reached: false, individual_limit: null },
    rate_limit_reached_type: null,
  }
}
