/** Limits for programs: how full they are, what was read before, and reading them now. */

import { getAccount, listAccounts } from '../../../accounts/list-accounts.ts'
import { DAY_MS } from '../../../lib/clock.ts'
import { readUsage } from '../../../limits/read-usage.ts'
import { usagePointsBetween } from '../../../limits/usage-points.ts'
import { Refusal } from '../../problem.ts'
import { rfc3339 } from './instants.ts'
import { accountId, apiRoute } from './route.ts'
import { historyJson, usageJson } from './usage-json.ts'
import * as schemas from './usage-schemas.ts'

const USUAL_SPAN_MS = 7 * DAY_MS

export const usageRoutes = [
  apiRoute({
    method: 'get',
    path: '/api/usage',
    summary: 'How much of its limits every account has used, as it was read last',
    answer: { status: 200, description: 'Limits of every account', schema: schemas.accountUsage, isList: true },
    handle: async ({ context, now }) => (await listAccounts(context)).map((account) => usageJson(account, now)),
  }),
  apiRoute({
    method: 'get',
    path: '/api/accounts/:id/usage',
    summary: 'The limits of an account, their forecasts, and what was read before',
    query: schemas.historyQuery,
    answer: { status: 200, description: 'Windows, forecasts, history', schema: schemas.accountUsageHistory },
    async handle(call) {
      const { context, now, query } = call
      const account = await getAccount(context, await accountId(call))
      const until = query.to === undefined ? now + 1 : Date.parse(query.to)
      const from = query.from === undefined ? until - USUAL_SPAN_MS : Date.parse(query.from)
      if (from >= until) throw backwards()
      const points = await usagePointsBetween(context, account.id, { from, until })
      const span = { from: rfc3339(from), to: rfc3339(until) }
      return { ...usageJson(account, now), ...span, history: historyJson(points) }
    },
  }),
  apiRoute({
    method: 'post',
    path: '/api/accounts/:id/usage-readings',
    summary: 'Read the limits of an account now, within the budget of its provider',
    answer: { status: 200, description: 'What it came to', schema: schemas.usageReading },
    async handle(call) {
      const { context, actor } = call
      const id = await accountId(call)
      const result = await readUsage(context, id, { actor })
      const isRead = result.outcome === 'read'
      return {
        outcome: result.outcome,
        code: isRead ? null : result.code,
        retry_at: isRead ? null : rfc3339(result.retryAt),
        usage: usageJson(await getAccount(context, id), context.clock.now()),
      }
    },
  }),
]

function backwards(): Refusal {
  return new Refusal({ status: 422, code: 'invalid_request', title: '`from` must be before `to`.' })
}
