/** Invented people at work: how much they ask of their account in every five minutes of half a year. Same seed, same person. */

import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../lib/clock.ts'

export const STEP_MS = 5 * MINUTE_MS

export const HABITS = ['office', 'evenings', 'long_days', 'now_and_then', 'nights'] as const
export type Habit = (typeof HABITS)[number]

const ZONES = ['Europe/Berlin', 'America/Los_Angeles', 'Asia/Tokyo', 'UTC', 'Asia/Kolkata']

/** A number in [0, 1), the same row of them for the same seed. */
export type Chance = () => number

export function seededChance(seed: number): Chance {
  let state = (seed * 2654435761) | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** A number of the bell curve. */
function normal(chance: Chance): number {
  return Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance())
}

export interface Person {
  habit: Habit
  timeZone: string
  startAt: number
  /** What is asked for in each step; the unit is the person's own. */
  demand: Float64Array
}

/** A person over `dayCount` days from `startAt`, which is a midnight in UTC. */
export function inventPerson(
  chance: Chance,
  { habit, startAt, dayCount }: { habit: Habit; startAt: number; dayCount: number },
): Person {
  const timeZone = ZONES[Math.floor(chance() * ZONES.length)]!
  const steps = (dayCount * DAY_MS) / STEP_MS
  const demand = new Float64Array(steps)
  const moods = daysMoods(chance, habit, dayCount)
  const hourOf = localHours(timeZone)
  const runMean = 3 + chance() * 5
  const pauseMean = 2 + chance() * 4
  let left = 0
  let isOn = false
  let rate = 1
  for (let step = 0; step < steps; step++) {
    const at = startAt + step * STEP_MS
    const { hour, day } = hourOf(at)
    const mood = moods[Math.min(dayCount - 1, Math.max(0, day - Math.floor(startAt / DAY_MS)))]!
    if (left <= 0) {
      isOn = chance() < openness(habit, hour, day) * Math.min(1.3, mood.drive)
      left = 1 + Math.floor(-Math.log(1 - chance()) * (isOn ? runMean : pauseMean))
      // Now and then several agents work side by side.
      rate = Math.exp(0.6 * normal(chance)) * (chance() < 0.05 ? 4 : 1)
    }
    left--
    if (isOn && openness(habit, hour, day) > 0) demand[step] = rate * mood.drive * mood.model * (0.5 + chance())
    // Long jobs that go on through the night.
    if (mood.works && hour < 5 && habit !== 'office') demand[step]! += 0.5 * mood.model * (0.5 + chance())
  }
  return { habit, timeZone, startAt, demand }
}

interface Mood {
  /** How much is done that day; 0 on holiday. */
  drive: number
  /** What the model in use costs. */
  model: number
  works: boolean
}

/** Days hang together: busy ones follow busy ones; there are holidays; a new model costs more or less from a day on. */
function daysMoods(chance: Chance, habit: Habit, dayCount: number): Mood[] {
  let level = 0
  let holiday = 0
  let model = 1
  const activeShare = habit === 'now_and_then' ? 0.4 : 0.93
  return Array.from({ length: dayCount }, () => {
    level = 0.6 * level + 0.35 * normal(chance)
    if (holiday > 0) holiday--
    else if (chance() < 1 / 80) holiday = 3 + Math.floor(chance() * 8)
    if (chance() < 1 / 60) model = Math.min(2.5, Math.max(0.4, model * Math.exp(0.5 * normal(chance))))
    const isActive = holiday === 0 && chance() < activeShare
    return { drive: isActive ? Math.exp(level) : 0, model, works: isActive && chance() < 0.08 }
  })
}

/** The hour (with its part) and the day there, by the zone's distance from UTC at the start of the day. */
function localHours(timeZone: string): (at: number) => { hour: number; day: number } {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  const offsets = new Map<number, number>()
  return (at) => {
    const utcDay = Math.floor(at / DAY_MS)
    let offset = offsets.get(utcDay)
    if (offset === undefined) {
      const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(format.format(utcDay * DAY_MS)) ?? []
      offset = sign ? (sign === '-' ? -1 : 1) * (Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS) : 0
      offsets.set(utcDay, offset)
    }
    const local = at + offset
    return { hour: (local % DAY_MS) / HOUR_MS, day: Math.floor(local / DAY_MS) }
  }
}

/** How likely the person is at work at an hour of a day. */
function openness(habit: Habit, hour: number, day: number): number {
  const weekday = (((day + 4) % 7) + 7) % 7
  const isWeekend = weekday === 0 || weekday === 6
  switch (habit) {
    case 'office':
      if (isWeekend) return hour >= 10 && hour < 16 ? 0.04 : 0
      return hour >= 9 && hour < 18 ? (hour >= 12 && hour < 13 ? 0.15 : 0.6) : hour >= 20 && hour < 22 ? 0.08 : 0
    case 'evenings':
      if (isWeekend) return hour >= 10 && hour < 24 ? 0.4 : 0
      return hour >= 19 && hour < 24 ? 0.6 : 0
    case 'long_days':
      return hour >= 8 && hour < 23 ? (isWeekend ? 0.35 : 0.65) : 0
    case 'now_and_then':
      return hour >= 9 && hour < 22 ? 0.35 : 0
    case 'nights':
      return hour >= 14 || hour < 3 ? (hour >= 18 && hour < 19 ? 0.1 : 0.5) : 0
  }
}
