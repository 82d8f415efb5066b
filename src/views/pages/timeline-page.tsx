/** @jsxImportSource #html */
/** The next two weeks: a lane for each account, the same as a table, and the calendar feeds of it. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import type { CalendarFeed } from '../../timeline/calendar-feeds.ts'
import type { ComingDate, DateKind, Timeline } from '../../timeline/timeline.ts'
import { type FrameData, Layout } from '../layout.tsx'
import { CalendarFeeds } from '../partials/calendar-feeds.tsx'
import { axisOf, dateWords, LaneChart, LaneLegend, laneX } from '../partials/timeline-lane.tsx'
import { dayText } from '../ui/chart.tsx'
import { accountTitle } from '../ui/mask.ts'
import { FullTime, timeText } from '../ui/time.tsx'
import type { ViewContext } from '../view-context.ts'

export interface TimelineFilter {
  account: string
  kind: DateKind | ''
  page: number
  pages: number
}

export interface TimelinePageProps {
  view: ViewContext
  frame: FrameData
  /** Every account, for the choice. */
  accounts: readonly AccountSummary[]
  timeline: Timeline
  filter: TimelineFilter
  kinds: readonly DateKind[]
  feeds: readonly CalendarFeed[]
  /** The address of a feed that was just made. */
  made?: string | null
}

export function TimelinePage(props: TimelinePageProps) {
  const { view, frame, timeline, feeds, made } = props
  const { timeline: t } = view.t
  const hasDates = timeline.lanes.some(({ dates }) => dates.length > 0)
  return (
    <Layout view={view} title={t.title} frame={frame} section="timeline">
      <div class="page-head">
        <h1 class="page-head__title">{t.title}</h1>
      </div>
      <div class="timeline">
        <section class="panel" aria-label={t.title}>
          <p class="quiet">{t.lead}</p>
          <Filter {...props} />
          {hasDates ? (
            <>
              <Lanes {...props} />
              <DateTable {...props} />
            </>
          ) : (
            <p class="timeline__none">{t.nothing}</p>
          )}
          <Paging {...props} />
        </section>
        <CalendarFeeds view={view} feeds={feeds} made={made ?? null} />
      </div>
    </Layout>
  )
}

function Filter({ view, accounts, filter, kinds }: TimelinePageProps) {
  const { timeline: t } = view.t
  return (
    <form class="activity__filter" method="get" action="/timeline">
      <label class="field">
        <span class="field__label">{t.account}</span>
        <select class="input" name="account">
          <option value="" selected={filter.account === ''}>
            {t.allAccounts}
          </option>
          {accounts.map((account) => (
            <option value={account.id} selected={filter.account === account.id}>
              {accountTitle(view, account)}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span class="field__label">{t.kind}</span>
        <select class="input" name="kind">
          <option value="" selected={filter.kind === ''}>
            {t.allKinds}
          </option>
          {kinds.map((kind) => (
            <option value={kind} selected={filter.kind === kind}>
              {t.kinds[kind]}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="btn">
        {t.apply}
      </button>
    </form>
  )
}

function Lanes({ view, timeline }: TimelinePageProps) {
  const { timeline: t } = view.t
  const axis = axisOf(view, timeline.from, timeline.until)
  return (
    <figure class="lanes">
      <figcaption class="visually-hidden">{t.chart}</figcaption>
      <LaneLegend view={view} />
      <div class="lane lane--axis" aria-hidden="true">
        <span />
        <svg class="lane__axis">
          <text class="lane__label lane__label--now" x={`${laneX(axis, view.now) / 10}%`} y="14">
            {t.today}
          </text>
          {axis.days
            .filter((_, index) => index % 2 === 1)
            .map((at) => (
              <text class="lane__label" x={`${laneX(axis, at) / 10}%`} y="14">
                {dayText(view, at)}
              </text>
            ))}
        </svg>
      </div>
      {timeline.lanes.map((lane) => (
        <div class="lane">
          <a class="lane__name" href={`/accounts/${lane.account.id}`}>
            {accountTitle(view, lane.account)}
          </a>
          <LaneChart view={view} lane={lane} axis={axis} />
        </div>
      ))}
    </figure>
  )
}

function DateTable({ view, timeline }: TimelinePageProps) {
  const { timeline: t } = view.t
  const rows = timeline.lanes
    .flatMap(({ account, dates }) => dates.map((date) => ({ account, date })))
    .sort((a, b) => a.date.at - b.date.at)
  return (
    <details class="timeline__table">
      <summary>{t.table}</summary>
      <table class="history">
        <thead>
          <tr>
            <th scope="col">{t.columns.when}</th>
            <th scope="col">{t.columns.account}</th>
            <th scope="col">{t.columns.what}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ account, date }) => (
            <tr>
              <td>
                <FullTime view={view} at={date.at} />
              </td>
              <td>
                <a href={`/accounts/${account.id}`}>{accountTitle(view, account)}</a>
              </td>
              <td>
                {dateWords(view, date)}
                {date.kind === 'runs_out' && <span class="history__details quiet">{bandWords(view, date)}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}

/** How sure a foretold hour is. */
export function bandWords(view: ViewContext, { at, earliest, latest }: ComingDate): string {
  const { timeline: t } = view.t
  if (latest === null) return t.mayLast
  return t.band(timeText(view, earliest ?? at), timeText(view, latest))
}

function Paging({ view, filter }: TimelinePageProps) {
  const { accounts: t } = view.t
  if (filter.pages < 2) return null
  const href = (page: number) => `/timeline?page=${page}${filter.kind === '' ? '' : `&kind=${filter.kind}`}`
  return (
    <nav class="button-row" aria-label={t.pages}>
      {filter.page > 1 && (
        <a class="btn" href={href(filter.page - 1)}>
          {t.previousPage}
        </a>
      )}
      <span class="quiet">{t.pageOf(filter.page, filter.pages)}</span>
      {filter.page < filter.pages && (
        <a class="btn" href={href(filter.page + 1)}>
          {t.nextPage}
        </a>
      )}
    </nav>
  )
}
