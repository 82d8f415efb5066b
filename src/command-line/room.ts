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
  | { kind: 'unknown'; why: 'never_read' | 'old' | 'no_such_window' | 'window_unknown' }

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
 * Looks again and again until there is room, and gives that; a full window without a reset ends it, because nobody can
 * say for how long to wait.
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
    if (room.kind === 'unknown' && room.why === 'no_such_window') return room
    const now = clock.now()
    const until =
      room.kind === 'full' ? Math.max(room.until! + AFTER_RESET_MS, now + MINUTE_MS) : now + UNKNOWN_PAUSE_MS
    say(room, until)
    while (clock.now() < until) await clock.sleep(Math.min(LONGEST_NAP_MS, until - clock.now()))
  }
}
