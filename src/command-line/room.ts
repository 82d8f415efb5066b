/** Says from an account's limits whether there is room, and waits until there is. Knows no terminal and no server. */

import { type Clock, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'

/** Limits as the API gives them; only what commands read. Instants are RFC 3339. */
export interface ApiUsage {
  account_id: string
  provider: string
  label: string | null
  email: string | null
  plan: string | null
  read_at: string | null
  failure: string | null
  old: boolean
  windows: ApiWindow[]
}

export interface ApiWindow {
  id: string
  kind: string
  label: string | null
  used_fraction: number | null
  resets_at: string | null
  active: boolean
  forecast: { kind: string; at: string | null } | null
}

/** What must hold for there to be room. `window` null: in every window that counts. */
export interface RoomWish {
  maxPercent: number
  window: string | null
}

/** `until`: when the last of the full windows starts anew, epoch milliseconds; null when that is not known. */
export type Room =
  | { kind: 'room' }
  | { kind: 'full'; windows: ApiWindow[]; until: number | null }
  | { kind: 'unknown'; why: 'never_read' | 'old' | 'no_such_window' | 'window_unknown'; failure?: ReadingFailure }

/** Why limits could not be read just now: a stable code, and when it may be tried again, epoch milliseconds. */
export interface ReadingFailure {
  code: string
  retryAt: number | null
}

/** Failures that no waiting mends: there are no limits to read, or not with this login. */
const FOR_GOOD = new Set(['not_permitted', 'no_usage', 'unknown_provider'])
/** Failures that pass by themselves. */
const FOR_NOW = new Set(['held', 'budget_spent', 'too_soon', 'rate_limited'])

/** True where it will never be known whether there is room. */
export function isUnknowable(room: Room): boolean {
  return room.kind === 'unknown' && (room.why === 'no_such_window' || FOR_GOOD.has(room.failure?.code ?? ''))
}

/** True where there may be room later, or it may be known then. */
export function isForNow(room: Room): boolean {
  return room.kind === 'full' || (room.kind === 'unknown' && FOR_NOW.has(room.failure?.code ?? ''))
}

/**
 * Judges limits. Room is only where every number is known and below the wish.
 *
 * Errors: none; total
 */
export function judgeRoom(usage: ApiUsage, { maxPercent, window }: RoomWish): Room {
  if (usage.read_at === null) return { kind: 'unknown', why: 'never_read' }
  if (usage.old) return { kind: 'unknown', why: 'old' }
  const wanted = usage.windows.filter((each) => (window === null ? each.active : isNamed(each, window)))
  if (wanted.length === 0) return { kind: 'unknown', why: 'no_such_window' }
  const full = wanted.filter(({ used_fraction: used }) => used !== null && used * 100 >= maxPercent)
  if (full.length > 0) return { kind: 'full', windows: full, until: lastReset(full) }
  if (wanted.some(({ used_fraction }) => used_fraction === null)) return { kind: 'unknown', why: 'window_unknown' }
  return { kind: 'room' }
}

function isNamed({ id, kind, label }: ApiWindow, name: string): boolean {
  return [id, kind, label].some((text) => text?.toLowerCase() === name.toLowerCase())
}

function lastReset(windows: readonly ApiWindow[]): number | null {
  if (windows.some(({ resets_at }) => resets_at === null)) return null
  return Math.max(...windows.map(({ resets_at }) => Date.parse(resets_at!)))
}

/** Sleeps are no longer than this: a timer stands still while the machine sleeps. */
const LONGEST_NAP_MS = MINUTE_MS
/** A provider takes a moment to notice its own reset. */
const AFTER_RESET_MS = 30 * SECOND_MS
/** Before unknown limits are asked for again. */
const UNKNOWN_PAUSE_MS = 5 * MINUTE_MS

/**
 * Looks again and again until there is room, and gives that. A full window without a reset ends it, because nobody can
 * say for how long to wait; so do limits that can never be known.
 *
 * Shape:  `look` reads and judges; `say` is told before each wait until when it lasts, epoch milliseconds
 */
export async function waitForRoom(
  look: () => Promise<Room>,
  clock: Clock,
  say: (room: Room, until: number) => void,
): Promise<Room> {
  for (;;) {
    const room = await look()
    if (room.kind === 'room' || (room.kind === 'full' && room.until === null)) return room
    if (isUnknowable(room)) return room
    const until = lookAgainAt(room, clock.now())
    say(room, until)
    while (clock.now() < until) await clock.sleep(Math.min(LONGEST_NAP_MS, until - clock.now()))
  }
}

function lookAgainAt(room: Exclude<Room, { kind: 'room' }>, now: number): number {
  if (room.kind === 'full') return Math.max(room.until! + AFTER_RESET_MS, now + MINUTE_MS)
  const retryAt = room.failure?.retryAt ?? null
  return retryAt === null ? now + UNKNOWN_PAUSE_MS : Math.max(retryAt, now + MINUTE_MS)
}
