/**
 * The calendar feed: public, because calendar programs have no session; opened by the secret in its address and by nothing
 * else. Neither the address nor what is wrong with it is ever logged or told.
 */

import { Hono } from 'hono'
import { accountName } from '../accounts/account-summary.ts'
import { listAccounts } from '../accounts/list-accounts.ts'
import { getSettings } from '../accounts/settings.ts'
import { Secret } from '../lib/secret.ts'
import { isLanguage } from '../messages/languages.ts'
import { messagesFor } from '../messages/messages.ts'
import { calendarText } from '../timeline/calendar.ts'
import { calendarEvents, type DateWords } from '../timeline/calendar-dates.ts'
import { type CalendarFeed, openCalendarFeed } from '../timeline/calendar-feeds.ts'
import { timelineOf } from '../timeline/timeline.ts'
import { bandWords } from '../views/pages/timeline-page.tsx'
import { dateWords } from '../views/partials/timeline-lane.tsx'
import type { ViewContext } from '../views/view-context.ts'
import type { AppEnvironment } from './dependencies.ts'
import { Refusal } from './problem.ts'

const FILE = /^([A-Za-z0-9_-]{43})\.ics$/

export const calendarRoutes = new Hono<AppEnvironment>().get('/calendar/:file', async (c) => {
  const context = c.get('deps').accounts
  const token = FILE.exec(c.req.param('file'))?.[1]
  const feed = token === undefined ? null : await openCalendarFeed(context, new Secret(token))
  if (!feed) throw new Refusal({ status: 404, code: 'not_found', title: 'There is no such calendar.' })
  const now = context.clock.now()
  const { language } = await getSettings(context)
  const chosen = language !== null && isLanguage(language) ? language : 'en'
  const view = {
    ...{ language: chosen, t: messagesFor(chosen), now, timeZone: context.system.timeZone, isMasked: false },
  } as ViewContext
  const timeline = timelineOf(await listAccounts(context), now)
  const text = calendarText({
    name: view.t.timeline.calendarName,
    events: calendarEvents(timeline, wordsOf(view, feed)),
  })
  return new Response(text, {
    headers: {
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': 'inline; filename="tokendeck.ics"',
    },
  })
})

function wordsOf(view: ViewContext, { includesNames }: CalendarFeed): DateWords {
  return (account, date) => {
    const name = includesNames ? accountName(account) : `${account.providerName} ${account.id.slice(-6)}`
    const what = dateWords(view, date)
    return {
      summary: view.t.timeline.summary(name, what),
      description: date.kind === 'runs_out' ? bandWords({ ...view, now: date.knownAt }, date) : what,
    }
  }
}
