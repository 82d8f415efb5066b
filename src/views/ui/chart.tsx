/** @jsxImportSource #html */
/** A chart of shares over time, drawn here as SVG: lines, resets, foretold hours. Stretches to its place; labels are text. */

import type { ViewContext } from '../view-context.ts'

/** Units of the drawing: it is stretched, so only their proportion to one another counts. */
const WIDTH = 720
const HEIGHT = 100
/** Above the line of 100 %, for foretold hours. */
const HEADROOM = 14
/** More resets than these are a wall, not marks. */
const MOST_RESETS = 40
const LABELS = 4

export interface ChartPoint {
  at: number
  fraction: number
}

/** Hours that were foretold, and what came of them. */
export interface ChartBand {
  from: number
  until: number
  isHeld: boolean
}

export interface ChartProps {
  view: ViewContext
  /** What it shows, for those who do not see it. */
  label: string
  from: number
  until: number
  lines: readonly (readonly ChartPoint[])[]
  /** Instead of lines: a bar for each. For what goes up and down faster than a line can show. */
  bars?: readonly ChartPoint[]
  resets?: readonly number[]
  bands?: readonly ChartBand[]
  /** When the limit ran out. */
  ends?: readonly number[]
  /** Small: without labels. */
  isSmall?: boolean
}

export function Chart({
  view,
  label,
  from,
  until,
  lines,
  bars,
  resets = [],
  bands = [],
  ends = [],
  isSmall = false,
}: ChartProps) {
  const x = (at: number) => Math.round(((at - from) / Math.max(1, until - from)) * WIDTH * 10) / 10
  const shown = !bars && resets.length <= MOST_RESETS ? resets.filter((at) => at >= from && at <= until) : []
  return (
    <div class={isSmall ? 'chart chart--small' : 'chart'}>
      {!isSmall && (
        <div class="chart__scale" aria-hidden="true">
          <span>{view.t.limits.percent('100')}</span>
          <span>{view.t.limits.percent('0')}</span>
        </div>
      )}
      <svg
        class="chart__plot"
        viewBox={`0 ${-HEADROOM} ${WIDTH} ${HEIGHT + HEADROOM}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        <path class="chart__grid" d={`M0 0H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT}H${WIDTH}`} />
        {shown.length > 0 && <path class="chart__reset" d={shown.map((at) => `M${x(at)} 0V${HEIGHT}`).join('')} />}
        {bars ? (
          <path class="chart__bars" d={bars.map(({ at, fraction }) => bar(x(at), y(fraction))).join('')} />
        ) : (
          <>
            <path class="chart__area" d={lines.map((line) => area(line, x)).join('')} />
            <path class="chart__line" d={lines.map((line) => path(line, x)).join('')} />
          </>
        )}
        {bands.map(({ from: early, until: late, isHeld }) => (
          <path
            class={isHeld ? 'chart__band' : 'chart__band chart__band--missed'}
            d={`M${x(Math.max(from, early))} ${-HEADROOM / 2}H${x(Math.min(until, late))}`}
          />
        ))}
        {ends.length > 0 && <path class="chart__end" d={ends.map((at) => `M${x(at)} 0h0`).join('')} />}
      </svg>
      {!isSmall && (
        <div class="chart__times" aria-hidden="true">
          {Array.from({ length: LABELS }, (_, index) => (
            <span>{dayText(view, from + ((until - from) * index) / (LABELS - 1))}</span>
          ))}
        </div>
      )}
    </div>
  )
}

function path(line: readonly ChartPoint[], x: (at: number) => number): string {
  return line.map(({ at, fraction }, index) => `${index === 0 ? 'M' : 'L'}${x(at)} ${y(fraction)}`).join('')
}

function area(line: readonly ChartPoint[], x: (at: number) => number): string {
  const first = line[0]
  const last = line[line.length - 1]
  return first && last ? `${path(line, x)}L${x(last.at)} ${HEIGHT}L${x(first.at)} ${HEIGHT}Z` : ''
}

function bar(at: number, top: number): string {
  return top < HEIGHT ? `M${at} ${HEIGHT}V${top}` : ''
}

/** More than everything is drawn as everything. */
function y(fraction: number): number {
  return Math.round((1 - Math.min(1, Math.max(0, fraction))) * HEIGHT * 10) / 10
}

const dayFormats = new Map<string, Intl.DateTimeFormat>()

/** A day, short: `24 Aug`. */
export function dayText({ language, timeZone }: ViewContext, at: number): string {
  const key = `${language} ${timeZone}`
  let format = dayFormats.get(key)
  if (!format) {
    format = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', timeZone })
    if (dayFormats.size > 100) dayFormats.clear()
    dayFormats.set(key, format)
  }
  return format.format(at)
}

/** Windows shorter than this go up and down several times a day: they are drawn as bars. */
const SHORT_MS = 24 * 3_600_000

/** True for a window that is drawn as bars. */
export function isDrawnAsBars({ durationMs }: { durationMs: number | null }): boolean {
  return durationMs !== null && durationMs < SHORT_MS
}
