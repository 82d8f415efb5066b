/** The band of a forecast: which of the possible courses it is to cover, learned from how earlier bands came out. */

import type { Outlook, PastScore } from './forecast.ts'

/** Of five outcomes four are to lie in the band. */
const BAND_LEVEL = 0.8
/** This many forecasts are taken for granted before any was scored. */
const TRUST = 30
const NARROWEST = 0.55
const WIDEST = 0.97

/** The share of courses that the band must cover, so that four of five outcomes lie in it. */
export function courseShare({ scored, inBand }: PastScore): number {
  const held = (inBand + BAND_LEVEL * TRUST) / (scored + TRUST)
  return Math.min(WIDEST, Math.max(NARROWEST, BAND_LEVEL + (BAND_LEVEL - held)))
}

/**
 * The outlook of courses that run out at `times`, in order, Infinity for those that last. Where more courses last than the
 * band may leave out at its late end, the band is open there and leaves out at its early end only.
 */
export function bandOf(times: Float64Array, share: number): Outlook {
  const lasting = 1 - finiteCount(times) / times.length
  const outside = 1 - share
  if (lasting >= 0.5) {
    return { kind: 'lasts', earliest: 1 - lasting > outside ? quantile(times, outside) : null }
  }
  const at = quantile(times, 0.5)
  if (lasting > outside / 2)
    return { kind: 'runs_out', at, earliest: Math.min(at, quantile(times, outside)), latest: null }
  return {
    kind: 'runs_out',
    at,
    earliest: quantile(times, outside / 2),
    latest: quantile(times, 1 - outside / 2),
  }
}

/**
 * The hour that is named, moved halfway to the straight line, within the band: the two are wrong at different times, so that
 * the hour between them is nearer than either. The band itself stays.
 */
export function halfwayTo(lineAt: number, outlook: Outlook): Outlook {
  if (outlook.kind !== 'runs_out') return outlook
  const { at, earliest, latest } = outlook
  const between = (at + lineAt) / 2
  return { ...outlook, at: Math.max(earliest, latest === null ? between : Math.min(latest, between)) }
}

function finiteCount(times: Float64Array): number {
  let count = times.length
  while (count > 0 && times[count - 1] === Number.POSITIVE_INFINITY) count--
  return count
}

/** Among the finite times where there are any. */
function quantile(times: Float64Array, share: number): number {
  const last = Math.max(0, finiteCount(times) - 1)
  return times[Math.min(last, Math.max(0, Math.floor(share * times.length + 1e-9)))]!
}
