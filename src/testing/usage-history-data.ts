/** A history of use in every state, for tests of views. */

import { DAY_MS, HOUR_MS } from '../lib/clock.ts'
import type { PastForecast, UnexplainedUse, UsageHistory } from '../limits/usage-history.ts'
import { NOW } from './view-data.ts'

const UNEXPLAINED: (UnexplainedUse | null)[] = [
  null,
  { kind: 'elsewhere', low: 0.12, high: 0.3 },
  { kind: 'explained', high: 0.04 },
  { kind: 'cannot_tell', why: 'no_transcripts' },
  { kind: 'cannot_tell', why: 'short_history' },
  { kind: 'cannot_tell', why: 'nothing_used' },
]

/** One window for each thing that can be said of use elsewhere; forecasts that held, missed, named no hour, and none. */
export function aUsageHistory(text: string): UsageHistory {
  const from = NOW - 90 * DAY_MS
  const at = NOW - 20 * DAY_MS
  const forecast: PastForecast = {
    ...{ madeAt: at - DAY_MS, runsOutAt: at, earliestAt: at - HOUR_MS, latestAt: at + HOUR_MS, linearAt: null },
    ...{ ranOutAt: at, isInBand: true },
  }
  const spans = [
    { resetsAt: NOW - 5 * DAY_MS, highestFraction: 0.4, forecast: null },
    { resetsAt: NOW - 19 * DAY_MS, highestFraction: 1, forecast },
    {
      resetsAt: NOW - 26 * DAY_MS,
      highestFraction: 0.9,
      forecast: { ...forecast, latestAt: null, isInBand: false, ranOutAt: null },
    },
    {
      resetsAt: NOW - 33 * DAY_MS,
      highestFraction: 0.2,
      forecast: { ...forecast, runsOutAt: null, earliestAt: null, latestAt: null, isInBand: null, ranOutAt: null },
    },
  ]
  return {
    from,
    until: NOW,
    windows: UNEXPLAINED.map((unexplained, index) => ({
      ...({
        windowId: `w${index}`,
        kind: 'weekly',
        label: text,
        scope: text,
        durationMs: index === 3 ? 5 * HOUR_MS : 7 * DAY_MS,
      } as const),
      lines: [
        [
          { at: from, fraction: 0 },
          { at, fraction: 1.2 },
        ],
        [{ at: at + DAY_MS, fraction: 0.4 }],
      ],
      peaks: [{ at, fraction: 0.7 }],
      resets: spans.map(({ resetsAt }) => resetsAt),
      spans: index === 1 ? [] : spans,
      record:
        index === 0
          ? null
          : { scored: 4, bands: index === 2 ? 0 : 3, held: 2, errorMs: 2 * HOUR_MS, linearErrorMs: 5 * HOUR_MS },
      unexplained,
    })),
  }
}
