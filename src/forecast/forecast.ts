/** What can be said of the rest of a usage window. Instants in epoch milliseconds, shares as fractions from 0. */

/** One reading of a window as history keeps it: the use then, the highest since the point before, and the reset it named. */
export interface UsagePoint {
  at: number
  usedFraction: number
  highestFraction: number
  resetsAt: number | null
}

/** The window that is looked ahead of, as it was read last. */
export interface WindowNow {
  durationMs: number | null
  usedFraction: number | null
  resetsAt: number | null
}

/** How earlier forecasts of the window came out: those that named an hour, and how many of them kept to their band. */
export interface PastScore {
  scored: number
  inBand: number
}

/** Why nothing is foretold. */
export type NotEnough =
  | 'use_unknown' // the last reading had no use
  | 'not_started' // no reset is known: the window starts with its first use
  | 'reset_passed' // the reading is older than its reset
  | 'short_history' // too little was read to know working hours

/** The middle of what is foretold, and a band that is to hold in four of five cases. */
export type Outlook =
  | { kind: 'not_enough'; why: NotEnough }
  /** Nothing is left until the reset. */
  | { kind: 'used_up' }
  /** Not before the reset. `earliest`: the early end of the band where it may run out after all, else null. */
  | { kind: 'lasts'; earliest: number | null }
  /** `latest` is null where the band reaches to the reset: it may as well last. */
  | { kind: 'runs_out'; at: number; earliest: number; latest: number | null }

export type Forecast = Outlook & {
  /** When a straight line from the start of the window through the present use runs out; null: not before the reset. */
  linearAt: number | null
  /** The share that would be used now if all of it were spread evenly; null where the window's span is not known. */
  evenPaceFraction: number | null
}

/** Use from which a window counts as used up: what is shown as 100 %. */
export const USED_UP_FRACTION = 0.995
