/** @jsxImportSource #html */
/** The page of what comes, and its calendar feeds. */

import { Hono } from 'hono'
import { listAccounts } from '../accounts/list-accounts.ts'
import { CalendarFeedError, listCalendarFeeds, makeCalendarFeed, revokeFeed } from '../timeline/calendar-feeds.ts'
import { DATE_KINDS, timelineOf } from '../timeline/timeline.ts'
import { TimelinePage } from '../views/pages/timeline-page.tsx'
import type { FlashMessage } from '../views/partials/flash.tsx'
import type { AppEnvironment } from './dependencies.ts'
import { formFields, frameOf, type PageContext } from './page-parts.tsx'
import { respondPage, seeOther, viewOf } from './respond.tsx'

/** Lanes that a person still takes in. */
const LANES_PER_PAGE = 50

export const timelineRoutes = new Hono<AppEnvironment>()
  .get('/timeline', async (c) => await timelinePage(c))
  // Where the browser comes back to after another form of that page.
  .get('/timeline/feeds', async (c) => await timelinePage(c))
  .post('/timeline/feeds', async (c) => {
    const { name = '', names } = await formFields(c)
    const request = { name, includesNames: names === 'yes', actor: c.get('actor') }
    try {
      const { token } = await makeCalendarFeed(c.get('deps').accounts, request)
      return await timelinePage(c, { made: feedAddress(c, token.reveal()) })
    } catch (error) {
      return await refused(c, error)
    }
  })
  .post('/timeline/feeds/:id/revocations', async (c) => {
    try {
      await revokeFeed(c.get('deps').accounts, c.req.param('id'), c.get('actor'))
      return seeOther(c, '/timeline#feeds')
    } catch (error) {
      return await refused(c, error)
    }
  })

/** Where a feed is read: this dashboard, by the name that the browser uses for it. */
function feedAddress(c: PageContext, token: string): string {
  return new URL(`/calendar/${token}.ics`, c.get('deps').accounts.dashboardUrl()).href
}

async function refused(c: PageContext, error: unknown): Promise<Response> {
  if (!(error instanceof CalendarFeedError)) throw error
  const { feeds } = viewOf(c).t.timeline
  const isGone = error.problem === 'not_found'
  const flash: FlashMessage = { tone: 'warn', title: isGone ? feeds.gone : feeds.tooMany }
  return await timelinePage(c, { flash, status: isGone ? 404 : 409 })
}

interface PageOptions {
  flash?: FlashMessage
  status?: number
  made?: string
}

async function timelinePage(c: PageContext, { flash, status = 200, made }: PageOptions = {}): Promise<Response> {
  const context = c.get('deps').accounts
  const [accounts, feeds] = await Promise.all([listAccounts(context), listCalendarFeeds(context)])
  const account = (c.req.query('account') ?? '').slice(0, 64)
  const kind = DATE_KINDS.find((each) => each === c.req.query('kind')) ?? ''
  const chosen = account === '' ? accounts : accounts.filter(({ id }) => id === account)
  const pages = Math.max(1, Math.ceil(chosen.length / LANES_PER_PAGE))
  const page = Math.min(pages, Math.max(1, Math.trunc(Number(c.req.query('page')) || 1)))
  const shown = chosen.slice((page - 1) * LANES_PER_PAGE, page * LANES_PER_PAGE)
  const timeline = timelineOf(shown, viewOf(c).now)
  const lanes = timeline.lanes.map((lane) => ({
    ...lane,
    dates: lane.dates.filter((date) => kind === '' || date.kind === kind),
  }))
  const frame = await frameOf(c, accounts)
  return await respondPage(
    c,
    <TimelinePage
      view={viewOf(c)}
      frame={flash ? { ...frame, flash } : frame}
      accounts={accounts}
      timeline={{ ...timeline, lanes }}
      filter={{ account, kind, page, pages }}
      kinds={DATE_KINDS}
      feeds={feeds}
      made={made}
    />,
    status,
  )
}
