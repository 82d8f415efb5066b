/** The trails as people and programs meet them: the page, the account's page, and the API. */

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { refreshGrant } from '../accounts/refresh-grant.ts'
import { removeAccount } from '../accounts/remove-account.ts'
import { connectPerson } from '../testing/connected-account.ts'
import type { FakeFamily } from '../testing/fake-grants.ts'
import { createTestApp, type TestApp } from '../testing/test-app.ts'

let site: TestApp
let id: string
let family: FakeFamily

beforeEach(async () => {
  site = await createTestApp()
  const connected = await connectPerson(site)
  id = connected.accountId
  family = connected.family
  await site.clock.advance(8 * 3_600_000)
  await refreshGrant(site.context, id, { purpose: 'scheduled', actor: 'scheduler' })
})
afterEach(() => site.close())

const text = async (answer: Promise<Response>) => await (await answer).text()
const json = async (path: string) => (await (await site.call('GET', path)).json()) as never
const run = (statement: string) => site.context.database.run(sql.raw(statement))

test('a query that is not described is refused, and one that is odd harms nothing', async () => {
  for (const query of [
    'limit=0',
    'limit=501',
    'before=x',
    'before=-1',
    'frobnicate=1',
    'kind=',
    `kind=${'x'.repeat(65)}`,
  ])
    expect((await site.call('GET', `/api/audit?${query}`)).status, query).toBe(422)
  for (const query of ['before=x', 'account=%3Cscript%3E', "kind='%20or%201=1", `account=${'x'.repeat(5_000)}`]) {
    const page = await site.browse(`/activity?${query}`)
    expect(page.status, query).toBe(200)
    expect(await page.text()).not.toContain('<script>')
  }
  expect((await site.call('GET', '/api/accounts/acc_none/lineage')).status).toBe(404)
})

test('the page says when the history was changed, and where', async () => {
  await site.submit('/activity/verifications')
  await run(`update audit_events set actor = 'browser' where kind = 'grant.refreshed'`)
  const page = await text(site.submit('/activity/verifications'))
  expect(page).toContain('The history was changed. Findings: 1.')
  expect(page).toContain('Event 2 is not what was recorded')
  await run('delete from audit_events where id = 2')
  expect(await text(site.submit('/activity/verifications'))).toContain('The end is cut off: event 2 is missing.')
})

test('an untouched history is whole, and a check needs the form’s token', async () => {
  expect(await text(site.submit('/activity/verifications'))).toContain('The history is whole. Events checked: 2')
  const headers = { 'x-csrf-token': 'wrong' }
  expect((await site.submit('/activity/verifications', {}, headers)).status).toBe(403)
})

test('events are filtered by account and kind, and paged', async () => {
  const other = await connectPerson(site, 'grace')
  await removeAccount(site.context, other.accountId, { revoke: false, actor: 'browser' })
  const all: { id: number; kind: string; account_id: string; at: string }[] = await json('/api/audit')
  expect(all.map(({ kind }) => kind)).toEqual([
    'account.removed',
    'account.connected',
    'grant.refreshed',
    'account.connected',
  ])
  expect(all[2]).toMatchObject({ account_id: id, at: new Date(site.clock.now()).toISOString() })
  expect(await json('/api/audit?kind=account.connected&limit=1')).toMatchObject([{ account_id: other.accountId }])
  expect(await json(`/api/audit?before=${all[1]!.id}&limit=1`)).toMatchObject([{ id: all[2]!.id }])
  const page = await text(site.browse(`/activity?account=${other.accountId}`))
  expect(page).toContain('removed account')
  expect(page).not.toContain('<td>Refreshed')
})

test('a hundred events on a page, and a way to the older ones', async () => {
  await run(`with recursive n(i) as (select 1 union all select i + 1 from n where i < 150)
    insert into audit_events (at, kind, actor, details) select i, 'token.issued', 'api', '{}' from n`)
  const page = await text(site.browse('/activity?kind=token.issued'))
  const older = /href="(\/activity\?[^"]*before=[^"]*)"/.exec(page)![1]!.replaceAll('&amp;', '&')
  const next = await text(site.browse(older))
  expect([page, next].map((body) => body.match(/<tr><td class="quiet">/g)?.length)).toEqual([100, 50])
  expect(next).not.toContain('Older')
})

test('why the login was signed out is the first thing the account’s page tells of it', async () => {
  expect(await text(site.browse(`/accounts/${id}`))).toContain('Generation 2 is the current one.')
  family.revokedAt = site.clock.now()
  await site.clock.advance(8 * 3_600_000)
  await refreshGrant(site.context, id, { purpose: 'scheduled', actor: 'scheduler' })
  const page = await text(site.browse(`/accounts/${id}`))
  expect(page).toMatch(/The last generation has ended:.*refused by the provider \(invalid_grant\)/)
  const { losses, generations } = (await json(`/api/accounts/${id}/lineage`)) as {
    losses: object[]
    generations: object[]
  }
  expect(losses).toMatchObject([{ generation: 2, ended: { how: 'refused', why: 'invalid_grant' } }])
  expect(generations).toMatchObject([
    { how: 'refreshed', why: 'scheduled', sentence: 'Refreshed: it was due; refused by the provider (invalid_grant).' },
    { how: 'signed_in', ended: { how: 'replaced' }, sentence: 'Signed in here; replaced by the next.' },
  ])
  await connectPerson(site)
  const after = await text(site.browse(`/accounts/${id}`))
  expect(after).toMatch(/Generation 1 is the current one.*Times it was signed out.*refused by the provider/s)
})

test('calls are told by the API, on the activity page and on the account’s page', async () => {
  expect(await json(`/api/calls?account=${id}`)).toMatchObject([
    { provider: 'claude', endpoint: 'token', why: 'scheduled', outcome: 'answered', http_status: 200, account_id: id },
  ])
  expect(await json('/api/calls?provider=codex')).toEqual([])
  expect(await text(site.browse('/activity'))).toMatch(/<td>Claude<\/td><td>Tokens<\/td><td>1<\/td><td>0<\/td>/)
  expect(await text(site.browse(`/accounts/${id}`))).toContain('answered 200')
})
