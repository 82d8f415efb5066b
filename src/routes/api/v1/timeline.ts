/** The timeline for programs: what comes in two weeks, and the addresses under which a calendar may read it. */

import { z } from 'zod'
import { listAccounts } from '../../../accounts/list-accounts.ts'
import { type CalendarFeed, listCalendarFeeds, makeCalendarFeed, revokeFeed } from '../../../timeline/calendar-feeds.ts'
import { DATE_KINDS, timelineOf } from '../../../timeline/timeline.ts'
import { rfc3339 } from './instants.ts'
import { refusing } from './refusing.ts'
import { apiRoute } from './route.ts'
import { instant, named } from './schemas.ts'

const feed = named(
  'CalendarFeed',
  z.object({
    id: z.string(),
    name: z.string(),
    includes_names: z.boolean(),
    created_at: instant,
    last_read_at: instant.nullable(),
  }),
)
const gone = z.object({ id: z.string() })

export const timelineRoutes = [
  apiRoute({
    method: 'get',
    path: '/api/timeline',
    summary: 'Resets, ends of logins, refreshes and foretold exhaustion of the next two weeks',
    answer: {
      status: 200,
      description: 'Dates in order of time',
      schema: named(
        'ComingDate',
        z.object({
          account_id: z.string(),
          kind: z.enum(DATE_KINDS),
          window_id: z.string().nullable(),
          at: instant,
          earliest: instant.nullable(),
          latest: instant.nullable(),
        }),
      ),
      isList: true,
    },
    async handle({ context, now }) {
      const { lanes } = timelineOf(await listAccounts(context), now)
      return lanes
        .flatMap(({ account, dates }) => dates.map((date) => ({ account, date })))
        .sort((a, b) => a.date.at - b.date.at)
        .map(({ account, date: { kind, at, earliest, latest, window } }) => ({
          ...{ account_id: account.id, kind, window_id: window?.id ?? null, at: rfc3339(at) },
          ...{ earliest: rfc3339(earliest), latest: rfc3339(latest) },
        }))
    },
  }),
  apiRoute({
    method: 'get',
    path: '/api/calendar-feeds',
    summary: 'Addresses under which calendar programs read the timeline',
    answer: { status: 200, description: 'Feeds, never their addresses', schema: feed, isList: true },
    handle: async ({ context }) => (await listCalendarFeeds(context)).map(feedJson),
  }),
  apiRoute({
    method: 'post',
    path: '/api/calendar-feeds',
    summary: 'Make such an address. Who has it can read the dates',
    isTokenOnly: true,
    body: named(
      'NewCalendarFeed',
      z.strictObject({ name: z.string().max(60).default(''), include_names: z.boolean().default(false) }),
    ),
    answer: {
      status: 201,
      description: 'The feed with its address, this once',
      schema: named('MadeCalendarFeed', feed.extend({ url: z.string() })),
    },
    async handle({ context, body, actor }) {
      const request = { name: body.name, includesNames: body.include_names, actor }
      const { feed: made, token } = await refusing(() => makeCalendarFeed(context, request))
      return { ...feedJson(made), url: new URL(`/calendar/${token.reveal()}.ics`, context.dashboardUrl()).href }
    },
  }),
  apiRoute({
    method: 'delete',
    path: '/api/calendar-feeds/:id',
    summary: 'Revoke such an address',
    answer: { status: 200, description: 'Its id', schema: gone },
    handle: async ({ context, param, actor }) =>
      await refusing(() => revokeFeed(context, param('id'), actor), param('id')),
  }),
]

function feedJson({ id, name, includesNames, createdAt, lastReadAt }: CalendarFeed) {
  return {
    ...{ id, name, includes_names: includesNames },
    ...{ created_at: rfc3339(createdAt), last_read_at: rfc3339(lastReadAt) },
  }
}
