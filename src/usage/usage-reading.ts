/**
 * The one shape of what a provider says about limits. Nothing in it is guessed: what an answer does not tell soundly is
 * null, never 0. Knows no provider.
 */

/** What a window counts over, for its name in the person's language. */
export type WindowKind = 'session' | 'weekly' | 'monthly' | 'other'

/** One limit: the share of it that is used, and when it starts anew. */
export interface UsageWindow {
  /** Stable between readings: history hangs on it. */
  id: string
  kind: WindowKind
  /** The provider's own name of it, such as a model's; null where the kind says all. */
  label: string | null
  /** What alone counts in it, such as a model or a feature; null: everything. */
  scope: string | null
  /** Milliseconds; null when it is not known. */
  durationMs: number | null
  /** 0 = nothing, 1 = all of it, more = over it; null when it is not known. */
  usedFraction: number | null
  /** Epoch milliseconds; null before the window has begun, or when it is not known. */
  resetsAt: number | null
  /** False where the provider says that it does not count now. */
  isActive: boolean
}

/** What was bought or granted beside the windows. Amounts are decimal text: they are shown, never reckoned with. */
export interface UsageCredits {
  hasCredits: boolean | null
  isUnlimited: boolean | null
  balance: string | null
}

/** Spending beyond the plan. */
export interface ExtraUsage {
  isEnabled: boolean | null
  /** Decimal text in `currency`, or in the provider's own units where that is null. */
  used: string | null
  limit: string | null
  currency: string | null
  usedFraction: number | null
}

/** One measurement of an account's limits. */
export interface UsageReading {
  /** Epoch milliseconds. */
  readAt: number
  plan: string | null
  windows: UsageWindow[]
  credits: UsageCredits | null
  extraUsage: ExtraUsage | null
}

/**
 * Reads the body of a usage answer. Total.
 *
 * Shape:  (parsed JSON, epoch milliseconds now) → reading; null when it is no such answer
 */
export type UsageParser = (body: unknown, now: number) => UsageReading | null

/** Windows that are believed of one answer: more of them is a mistake of whoever answered. */
const MOST_WINDOWS = 40

/** Windows with ids that differ, in their order. */
export function distinctWindows(windows: readonly UsageWindow[]): UsageWindow[] {
  const seen = new Map<string, number>()
  return windows.slice(0, MOST_WINDOWS).map((window) => {
    const count = (seen.get(window.id) ?? 0) + 1
    seen.set(window.id, count)
    return count === 1 ? window : { ...window, id: `${window.id}#${count}` }
  })
}
