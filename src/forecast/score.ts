/** How a forecast came out: whether its band held, and how far it and the straight line were from what happened. */

import type { Forecast } from './forecast.ts'

/** What happened: when the window ran out, or null where it lasted until its reset. */
export interface Outcome {
  ranOutAt: number | null
  resetsAt: number
}

export interface Score {
  /** Whether the band held; null where the forecast named no hour: "lasts" without a band. */
  isInBand: boolean | null
  /** Whether it was right about running out at all. */
  isRight: boolean
  /** Distance in milliseconds, with the reset in place of an hour that does not come. */
  errorMs: number
  linearErrorMs: number
}

/** Scores a forecast; null where it foretold nothing. */
export function scoreOf(forecast: Forecast, { ranOutAt, resetsAt }: Outcome): Score | null {
  if (forecast.kind === 'not_enough' || forecast.kind === 'used_up') return null
  const truth = Math.min(ranOutAt ?? resetsAt, resetsAt)
  const at = forecast.kind === 'runs_out' ? forecast.at : resetsAt
  const early = forecast.earliest
  const late = forecast.kind === 'runs_out' ? forecast.latest : null
  return {
    isInBand: early === null ? null : isInBand({ ranOutAt, early, late }),
    isRight: (forecast.kind === 'runs_out') === (ranOutAt !== null),
    errorMs: Math.abs(at - truth),
    linearErrorMs: Math.abs((forecast.linearAt ?? resetsAt) - truth),
  }
}

function isInBand({ ranOutAt, early, late }: { ranOutAt: number | null; early: number; late: number | null }): boolean {
  if (ranOutAt === null) return late === null
  return ranOutAt >= early && (late === null || ranOutAt <= late)
}
