/** @jsxImportSource #html */
/** One account's lane: every kind of date has its own shape, so that colour is never the only sign. Drawn here as SVG. */

import { DAY_MS, MINUTE_MS } from '../../lib/clock.ts'
import type { ComingDate, Lane } from '../../timeline/timeline.ts'
import { accountTitle } from '../ui/mask.ts'
import { exactText } from '../ui/time.tsx'
import { windowName } from '../ui/usage-words.ts'
import type { ViewContext } from '../view-context.ts'

/** Units of the drawing; it is stretched, and its strokes are not. */
const WIDTH = 1000
const HEIGHT = 32
const MIDDLE = HEIGHT / 2
/** Before now, so that the mark of today stands inside. */
const BEFORE_MS = DAY_MS / 4

/** From when to when lanes are drawn. */
export interface Axis {
  from: number
  until: number
  /** The midnights between, by the local clock. */
  days: number[]
}

/** The axis of a timeline that begins now. */
export function axisOf({ timeZone }: ViewContext, now: number, until: number): Axis {
  const from = now - BEFORE_MS
  const format = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone })
  const [hour, minute] = format.format(now).split(':').map(Number)
  const midnight = Math.floor(now / MINUTE_MS) * MINUTE_MS - (hour! * 60 + minute!) * MINUTE_MS
  const days = Array.from({ length: 15 }, (_, index) => midnight + (index + 1) * DAY_MS)
  return { from, until, days: days.filter((at) => at < until) }
}

export function laneX({ from, until }: Axis, at: number): number {
  return Math.round(((at - from) / (until - from)) * WIDTH * 10) / 10
}

export function LaneChart({ view, lane, axis }: { view: ViewContext; lane: Lane; axis: Axis }) {
  const { timeline: t } = view.t
  const x = (at: number) => laneX(axis, Math.min(axis.until, at))
  return (
    <svg
      class="lane__plot"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={t.lane(accountTitle(view, lane.account), lane.dates.length)}
    >
      <path class="lane__grid" d={axis.days.map((at) => `M${x(at)} 0V${HEIGHT}`).join('')} />
      <path class="lane__now" d={`M${x(view.now)} 0V${HEIGHT}`} />
      {lane.dates.map((date) => (
        <DateMark view={view} date={date} x={x} />
      ))}
    </svg>
  )
}

function DateMark({ view, date, x }: { view: ViewContext; date: ComingDate; x: (at: number) => number }) {
  const title = `${dateWords(view, date)}: ${exactText(view, date.at)}`
  const at = x(date.at)
  if (date.kind === 'reset') return <Shape name="reset" d={`M${at} 7V${HEIGHT - 7}`} title={title} />
  if (date.kind === 'refresh') return <Shape name="refresh" d={`M${at} ${HEIGHT - 4}h0`} title={title} />
  if (date.kind === 'login_end') return <Shape name="login-end" d={`M${at} ${MIDDLE}h0`} title={title} />
  const band = date.latest === null ? '' : `M${x(date.earliest ?? date.at)} ${MIDDLE}H${x(date.latest)}`
  return (
    <>
      {band !== '' && <Shape name="band" d={band} title={title} />}
      <Shape name="runs-out" d={`M${at} ${MIDDLE}h0`} title={title} />
    </>
  )
}

function Shape({ name, d, title }: { name: string; d: string; title: string }) {
  return (
    <path class={`lane__${name}`} d={d}>
      <title>{title}</title>
    </path>
  )
}

/** What a date is, such as `Week resets`. */
export function dateWords(view: ViewContext, { kind, window }: ComingDate): string {
  return view.t.timeline.words[kind](window ? windowName(view, window) : '')
}

/** The key to the shapes. */
export function LaneLegend({ view }: { view: ViewContext }) {
  const { kinds } = view.t.timeline
  const shapes = [
    ['runs-out', kinds.runs_out],
    ['login-end', kinds.login_end],
    ['reset', kinds.reset],
    ['refresh', kinds.refresh],
  ] as const
  return (
    <ul class="lane-legend">
      {shapes.map(([name, word]) => (
        <li>
          <svg class="lane-legend__shape" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path class={`lane__${name}`} d={name === 'reset' ? 'M8 2V14' : 'M8 8h0'} />
          </svg>
          {word}
        </li>
      ))}
    </ul>
  )
}
