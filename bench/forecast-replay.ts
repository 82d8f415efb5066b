/**
 * `npm run forecast-replay`: makes forecasts at moments of the past and scores them with what came. Histories are invented
 * (`--people 60`, `--first-seed 0`), or those of an installation (`--database FILE`; the file is copied and only read). Ends
 * with 1 where the band of invented histories does not hold in 75 to 85 % of the cases, or a straight line comes nearer.
 */

import { parseArgs } from 'node:util'
import { DAY_MS, HOUR_MS } from '../src/lib/clock.ts'
import { inventHistory, type ReplayedWindow } from '../src/testing/replay/invented-history.ts'
import { HABITS } from '../src/testing/replay/invented-person.ts'
import { readKeptHistory } from '../src/testing/replay/kept-history.ts'
import { REPLAY_DAYS, REPLAY_START, type ReplayedForecast, replay, summarize } from '../src/testing/replay/replay.ts'

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '60' },
    'first-seed': { type: 'string', default: '0' },
    database: { type: 'string' },
  },
})
const people = Number(values.people)
const first = Number(values['first-seed'])
if (!Number.isInteger(people) || people < 1 || !Number.isInteger(first) || first < 0) {
  process.stderr.write('Usage: npm run forecast-replay -- [--people 60] [--first-seed 0] [--database FILE]\n')
  process.exit(2)
}

const all: ReplayedForecast[] = []
for await (const [seed, window] of histories()) all.push(...replay(window, seed))
if (all.length === 0) {
  process.stdout.write('There is no history to replay yet.\n')
  process.exit(0)
}
const table = [
  header(),
  line('all', all),
  ...(['session', 'weekly'] as const).map((kind) =>
    line(
      `  ${kind}`,
      all.filter(({ window }) => window.kind === kind),
    ),
  ),
  ...(['runs_out', 'lasts'] as const).map((kind) =>
    line(
      `  says ${kind}`,
      all.filter((each) => each.forecast.kind === kind),
    ),
  ),
  ...(values.database
    ? []
    : HABITS.map((habit) =>
        line(
          `  ${habit}`,
          all.filter(({ window }) => window.name.startsWith(habit)),
        ),
      )),
]
process.stdout.write(`${table.join('\n')}\n${timing()}\n`)
const { bands, held, error, linear } = summarize(all)
const named = summarize(all.filter(({ forecast }) => forecast.kind === 'runs_out'))
const isFarther = error.mean > linear.mean || named.error.mean > named.linear.mean
const isMissed = held / bands < 0.75 || held / bands > 0.85 || isFarther || named.error.median > named.linear.median
process.exit(!values.database && isMissed ? 1 : 0)

async function* histories(): AsyncGenerator<[number, ReplayedWindow]> {
  if (values.database !== undefined) {
    const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone
    for (const window of await readKeptHistory(values.database, timeZone)) yield [0, window]
    return
  }
  for (let seed = first; seed < first + people; seed++) {
    for (const window of inventHistory(seed, { startAt: REPLAY_START, dayCount: REPLAY_DAYS })) yield [seed, window]
  }
}

function header(): string {
  const columns = ['forecasts', 'too little', 'bands', 'held', 'firm', 'lasted', 'error h', 'line h', 'median', 'line']
  return `${''.padEnd(16)}${columns.map((name) => name.padStart(11)).join('')}`
}

/** Bands: those that name an hour. Firm: "lasts" without one. Errors where either of the two rules was wrong at all. */
function line(name: string, made: readonly ReplayedForecast[]): string {
  const all = summarize(made)
  const wrong = summarize(made.filter(({ score }) => score && (score.errorMs > 0 || score.linearErrorMs > 0)))
  const share = (part: number, whole: number) => (whole === 0 ? '—' : `${((100 * part) / whole).toFixed(1)} %`)
  const hours = (ms: number) => (ms / HOUR_MS).toFixed(2)
  const figures = [
    ...[String(all.forecasts), share(all.notEnough, all.forecasts)],
    ...[String(all.bands), share(all.held, all.bands), String(all.firm), share(all.firmRight, all.firm)],
    ...[hours(all.error.mean), hours(all.linear.mean), hours(wrong.error.median), hours(wrong.linear.median)],
  ]
  return `${name.padEnd(16)}${figures.map((figure) => figure.padStart(11)).join('')}`
}

function timing(): string {
  const { medianMs, slowestMs } = summarize(all)
  const took = all.map(({ tookMs }) => tookMs).sort((left, right) => left - right)
  const late = took[Math.floor(took.length * 0.99)] ?? 0
  const days =
    Math.round(Math.max(...all.map(({ madeAt }) => madeAt)) - Math.min(...all.map(({ madeAt }) => madeAt))) / DAY_MS
  return `${days.toFixed(0)} days; a forecast takes ${medianMs.toFixed(2)} ms (99 %: ${late.toFixed(2)}, slowest: ${slowestMs.toFixed(1)}).`
}
