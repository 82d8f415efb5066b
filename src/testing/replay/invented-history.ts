/** What a provider's windows say of an invented person, as they would be read: whole percents, every ten minutes, with gaps. */

import type { UsagePoint } from '../../forecast/forecast.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../lib/clock.ts'
import { type Chance, HABITS, inventPerson, type Person, STEP_MS, seededChance } from './invented-person.ts'

export type WindowKind = 'session' | 'weekly'
const DURATIONS: Record<WindowKind, number> = { session: 5 * HOUR_MS, weekly: 7 * DAY_MS }

/** A window from its start to its reset, and when it was used up. */
export interface Cycle {
  startAt: number
  resetsAt: number
  ranOutAt: number | null
}

export interface ReplayedWindow {
  name: string
  kind: WindowKind
  durationMs: number
  timeZone: string
  points: UsagePoint[]
  cycles: Cycle[]
}

/** How accounts differ: which windows they have, and whether the week begins at a fixed hour or with the first use. */
const PLANS = [
  { session: true, weekly: 'fixed', rounds: Math.round },
  { session: true, weekly: 'first_use', rounds: Math.floor },
  { session: false, weekly: 'first_use', rounds: Math.floor },
  { session: true, weekly: 'fixed', rounds: (percent: number) => Math.round(percent * 10) / 10 },
] as const

interface Meter {
  kind: WindowKind
  isFixed: boolean
  capacity: number
  used: number
  resetsAt: number | null
  cycles: Cycle[]
  points: UsagePoint[]
}

/** The windows of one account over `dayCount` days from `startAt`, a midnight in UTC. */
export function inventHistory(
  seed: number,
  { startAt, dayCount }: { startAt: number; dayCount: number },
): ReplayedWindow[] {
  const chance = seededChance(seed)
  const habit = HABITS[seed % HABITS.length]!
  const plan = PLANS[Math.floor(seed / HABITS.length) % PLANS.length]!
  const person = inventPerson(chance, { habit, startAt, dayCount })
  const weekly = weeklyCapacity(person, chance)
  const meters: Meter[] = [
    ...(plan.session ? [meter('session', { isFixed: false, capacity: weekly / (4 + chance() * 7) })] : []),
    meter('weekly', { isFixed: plan.weekly === 'fixed', capacity: weekly }),
  ]
  run(person, { meters, chance, rounds: plan.rounds })
  return meters.map(({ kind, points, cycles }) => ({
    name: `${habit} ${seed}`,
    kind,
    durationMs: DURATIONS[kind],
    timeZone: person.timeZone,
    points,
    cycles,
  }))
}

/** From half as much again as the person asks for in a usual week down to less than half of that. */
function weeklyCapacity({ demand }: Person, chance: Chance): number {
  const total = demand.reduce((sum, each) => sum + each, 0)
  return total / ((demand.length * STEP_MS) / (7 * DAY_MS)) / (0.6 + chance() * 1.5)
}

function meter(kind: WindowKind, { isFixed, capacity }: { isFixed: boolean; capacity: number }): Meter {
  return { kind, isFixed, capacity, used: 0, resetsAt: null, cycles: [], points: [] }
}

function run(
  { demand, startAt }: Person,
  { meters, chance, rounds }: { meters: Meter[]; chance: Chance; rounds: (percent: number) => number },
): void {
  const sleepsAt = chance() < 0.5 ? Math.floor(chance() * 24) : null
  const fixedAt = startAt + Math.floor(chance() * 7 * 24) * HOUR_MS
  let nextReading = startAt
  let awayUntil = 0
  for (let step = 0; step < demand.length; step++) {
    const at = startAt + step * STEP_MS
    for (const each of meters) turnOver(each, at, fixedAt)
    spend(meters, demand[step]!, at)
    if (at < nextReading) continue
    nextReading = at + (8 + chance() * 4) * MINUTE_MS
    // A machine that is off for some hours of the day, and one that is off for a day now and then.
    if (sleepsAt !== null && (at / HOUR_MS + 24 - sleepsAt) % 24 < 6) continue
    if (chance() < 1 / 3000) awayUntil = at + chance() * 30 * HOUR_MS
    if (at >= awayUntil) for (const each of meters) read(each, at + STEP_MS - 1, rounds)
  }
}

/** Starts a window anew once its reset has passed. */
function turnOver(meter: Meter, at: number, fixedAt: number): void {
  if (meter.resetsAt !== null && at >= meter.resetsAt) {
    meter.used = 0
    meter.resetsAt = null
  }
  if (meter.isFixed && meter.resetsAt === null) {
    const span = DURATIONS[meter.kind]
    begin(meter, fixedAt + Math.floor((at - fixedAt) / span) * span)
  }
}

function begin(meter: Meter, startAt: number): void {
  meter.resetsAt = startAt + DURATIONS[meter.kind]
  meter.cycles.push({ startAt, resetsAt: meter.resetsAt, ranOutAt: null })
}

/** What is asked for counts in all windows, until one of them is used up: then nothing is given. */
function spend(meters: Meter[], asked: number, at: number): void {
  if (asked <= 0 || meters.some(({ used, capacity }) => used >= capacity)) return
  for (const meter of meters) {
    if (meter.resetsAt === null) begin(meter, at)
    const before = meter.used
    meter.used += asked
    if (meter.used >= meter.capacity) {
      meter.cycles[meter.cycles.length - 1]!.ranOutAt = at + ((meter.capacity - before) / asked) * STEP_MS
    }
  }
}

function read({ used, capacity, resetsAt, points }: Meter, at: number, rounds: (percent: number) => number): void {
  const usedFraction = Math.min(100, rounds((used / capacity) * 100)) / 100
  points.push({ at, usedFraction, highestFraction: usedFraction, resetsAt })
}
