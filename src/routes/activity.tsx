/** @jsxImportSource #html */
/** The page of everything that happened, and the check of the record. */

import { Hono } from 'hono'
import { listActivity, listActivityKinds, verifyAuditTrail } from '../accounts/audit-trail.ts'
import { callsOfDay } from '../accounts/call-ledger.ts'
import { listAccounts } from '../accounts/list-accounts.ts'
import { ActivityPage } from '../views/pages/activity-page.tsx'
import type { TrailFindings } from '../views/partials/trail-check.tsx'
import type { AppEnvironment } from './dependencies.ts'
import { frameOf, type PageContext, providerNames } from './page-parts.tsx'
import { respondPage, viewOf } from './respond.tsx'

/** Events on a page. */
const PAGE_LENGTH = 100

export const activityRoutes = new Hono<AppEnvironment>()
  .get('/activity', async (c) => await activityPage(c, null))
  // Where the browser comes back to after another form of that page.
  .get('/activity/verifications', async (c) => await activityPage(c, null))
  .post('/activity/verifications', async (c) => await activityPage(c, await verifyAuditTrail(c.get('deps').accounts)))

async function activityPage(c: PageContext, check: TrailFindings | null): Promise<Response> {
  const context = c.get('deps').accounts
  const filter = {
    account: (c.req.query('account') ?? '').slice(0, 64),
    kind: (c.req.query('kind') ?? '').slice(0, 64),
  }
  const before = readId(c.req.query('before'))
  const [accounts, kinds, found, calls] = await Promise.all([
    listAccounts(context),
    listActivityKinds(context),
    listActivity(context, {
      accountId: filter.account || undefined,
      kind: filter.kind || undefined,
      before,
      limit: PAGE_LENGTH + 1,
    }),
    callsOfDay(context),
  ])
  const entries = found.slice(0, PAGE_LENGTH)
  const nameOf = providerNames(c)
  return await respondPage(
    c,
    <ActivityPage
      view={viewOf(c)}
      frame={await frameOf(c, accounts)}
      accounts={accounts}
      entries={entries}
      kinds={kinds}
      filter={filter}
      olderHref={found.length > PAGE_LENGTH ? hrefOf(filter, entries.at(-1)?.id) : null}
      newestHref={before === undefined ? null : hrefOf(filter)}
      calls={calls.map((call) => ({ ...call, providerName: nameOf(call.provider) }))}
      check={check}
    />,
  )
}

function readId(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function hrefOf(filter: { account: string; kind: string }, before?: number): string {
  const chosen = { ...filter, before: before === undefined ? '' : String(before) }
  const query = new URLSearchParams(Object.entries(chosen).filter(([, value]) => value !== ''))
  return query.size === 0 ? '/activity' : `/activity?${query}`
}
