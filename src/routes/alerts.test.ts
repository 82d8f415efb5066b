/** The page of alerts and its API: rules, channels, what was told, and who may add a command. */

import { afterEach, beforeEach, expect, test } from 'vitest'
import { newAlertMemory, watchAccounts } from '../alerts/watch-accounts.ts'
import { HOUR_MS, MINUTE_MS } from '../lib/clock.ts'
import type { Telling } from '../lib/telling.ts'
import { readUsage } from '../limits/read-usage.ts'
import { alertWords } from '../messages/alert-words.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { fakeWindow } from '../testing/fake-usage.ts'
import { createTestApp, type TestApp } from '../testing/test-app.ts'
import { startAlertWatcher } from '../workers/alert-watcher.ts'

let web: TestApp
let grace: string
let statuses: number[]
const memory = newAlertMemory()

const telling: Telling = {
  fetch: async () => new Response('', { status: statuses.shift() ?? 200 }),
  resolve: async () => ['93.184.216.34'],
  userAgent: 'tokendeck/0.0.0-test',
  words: alertWords,
}

beforeEach(async () => {
  statuses = []
  web = await createTestApp({ overrides: { telling } })
  grace = (await connectPerson(web, 'grace')).accountId
  await cross(10)
})
afterEach(() => web.close())

function closeDatabase(): void {
  const { $client: client } = web.context.database as unknown as { $client: { close(): void } }
  client.close()
}

async function cross(percent: number): Promise<void> {
  web.fake.usage.set('grace', [fakeWindow('weekly', percent, web.clock.now() + 96 * HOUR_MS)])
  await web.clock.advance(2 * MINUTE_MS)
  await readUsage(web.context, grace, { actor: 'scheduler' })
  await watchAccounts(web.context, memory)
}

const text = async (path: string) => await (await web.browse(path)).text()

test('what was told stands on the page and in the bell, can be put off and seen', async () => {
  expect(await text('/alerts')).toContain('Nothing was crossed yet.')
  expect(await text('/alerts/news')).toBe('')
  await cross(85)
  const page = await text('/alerts')
  expect(page).toContain('grace@example.com: Week 85 % used')
  expect(page).toContain('aria-label="Alerts: 1 new"')
  expect(await text('/alerts/bell')).toContain('Alerts: 1 new')
  expect(await text('/alerts/news')).toContain('New alert: grace@example.com: Week 85 % used')
  const [{ id }] = await (await web.call('GET', '/api/alerts')).json()
  expect((await (await web.call('GET', '/api/alerts/news')).json()).alert).toMatchObject({
    id,
    kind: 'usage',
    threshold: 80,
    account_id: grace,
  })
  await web.submit(`/alerts/${id}/snoozes`, { span: 'day' })
  expect(await text('/alerts')).toContain('put off, told again in 1 d')
  expect(await text('/alerts/bell')).toContain('nothing new')
  await web.call('POST', `/api/alerts/${id}/snoozes`, { span: 'hour' })
  expect((await web.submit(`/alerts/${id}/snoozes`, { span: '__proto__' })).status).toBe(303)
  await web.clock.advance(HOUR_MS + 1)
  expect(await text('/alerts/bell')).toContain('1 new')
  expect((await web.submit(`/alerts/${id}/seen`)).status).toBe(303)
  expect(await text('/alerts/bell')).toContain('nothing new')
  await web.submit('/alerts/seen')
  expect((await web.submit('/alerts/alr_none/seen')).status).toBe(404)
  expect((await web.call('POST', '/api/alerts/alr_none/sightings')).status).toBe(404)
  expect((await web.call('POST', `/api/alerts/${id}/sightings`)).status).toBe(200)
  expect((await (await web.call('GET', '/api/alerts/news')).json()).alert).toBeNull()
})

test('an account of which nothing is told', async () => {
  await web.submit('/alerts/account-snoozes', { account: grace, span: 'week' })
  expect(await text('/alerts')).toContain('grace@example.com: nothing is told, ends in 7 d')
  await web.submit('/alerts/account-snoozes', { account: grace, span: '' })
  expect(await text('/alerts')).not.toContain('nothing is told, ends')
  expect((await web.submit('/alerts/account-snoozes', { account: 'acc_none', span: 'day' })).status).toBe(404)
  expect((await web.call('POST', `/api/accounts/${grace}/alert-snoozes`, { span: null })).status).toBe(200)
})

test('rules by form and API; what cannot be kept changes nothing', async () => {
  const form = { kind_usage: 'on', thresholds: '90, 50 50', days: '3', quiet_from: '22:00', quiet_until: '07:30' }
  expect((await web.submit('/alerts/rules', form)).headers.get('location')).toBe('/alerts?done=alert_rules_saved')
  const rules = await (await web.call('GET', '/api/alert-rules')).json()
  expect(rules).toMatchObject({
    usage_thresholds: [50, 90],
    login_end_days: [3],
    quiet_hours: { from: '22:00', until: '07:30' },
    kinds: { usage: true, forecast: false },
  })
  expect(await text('/alerts')).toContain('value="07:30"')
  for (const bad of [
    { thresholds: '0' },
    { thresholds: 'x' },
    { thresholds: '' },
    { thresholds: '1,2,3,4,5,6' },
    { days: '31' },
    { quiet_from: '7' },
    { quiet_until: '22:00' },
  ]) {
    expect((await web.submit('/alerts/rules', { ...form, ...bad })).status, JSON.stringify(bad)).toBe(422)
  }
  expect(await (await web.call('GET', '/api/alert-rules')).json()).toEqual(rules)
  expect(await (await web.call('PATCH', '/api/alert-rules', { usage_thresholds: [0] })).json()).toMatchObject({
    code: 'alert_rules_thresholds',
  })
  const changed = await web.call('PATCH', '/api/alert-rules', {
    kinds: { forecast: true },
    usage_thresholds: [70],
    login_end_days: [5],
    quiet_hours: null,
  })
  expect(await changed.json()).toMatchObject({
    usage_thresholds: [70],
    quiet_hours: null,
    kinds: { forecast: true, conflict: false },
  })
  await web.call('PATCH', '/api/alert-rules', { quiet_hours: { from: '01:05', until: '02:00' } })
  expect(await text('/alerts')).toContain('value="01:05"')
})

test('channels by form: the key once, the address never again, a test, and its failure in words', async () => {
  const made = await (
    await web.submit('/alerts/channels', { kind: 'webhook', name: 'Hook', target: 'https://hook.example/secret-path' })
  ).text()
  expect(made).toMatch(/whsec_[\w+/=]{44}/)
  expect(made).not.toContain('secret-path')
  const page = await text('/alerts')
  expect(page).not.toContain('whsec_')
  expect(page).toContain('<code>hook.example</code>')
  const id = /channels\/(chn_\w+)\/tests/.exec(page)![1]!
  expect(await (await web.submit(`/alerts/channels/${id}/tests`)).text()).toContain('The test was told.')
  statuses = [500]
  expect(await (await web.submit(`/alerts/channels/${id}/tests`)).text()).toContain('It failed (http_500).')
  expect(await text(`/alerts/channels/${id}/tests`)).toContain('Hook')
  statuses = [503]
  await cross(85)
  const { deliverAlerts } = await import('../alerts/deliver-alerts.ts')
  await deliverAlerts(web.context)
  expect(await text('/alerts')).toMatch(/It failed \(http_503\)\. Tried again in/)
  await web.submit(`/alerts/channels/${id}/pauses`)
  expect(await text('/alerts')).toContain('paused')
  await web.submit(`/alerts/channels/${id}/resumptions`)
  expect((await (await web.call('GET', '/api/alert-channels')).json())[0]).toMatchObject({
    id,
    hint: 'hook.example',
    paused_at: null,
  })
  await web.submit(`/alerts/channels/${id}/removals`)
  for (const act of ['tests', 'pauses', 'removals'])
    expect((await web.submit(`/alerts/channels/${id}/${act}`)).status, act).toBe(404)
})

test('a command needs the API token, whoever holds the cookie; other refusals keep what was typed', async () => {
  const command = { kind: 'command', name: 'Say', target: '/bin/true' }
  const refused = await web.submit('/alerts/channels', command)
  expect([refused.status, (await refused.text()).includes('The API token is wrong')]).toEqual([422, true])
  expect((await web.submit('/alerts/channels', { ...command, api_token: 'x' })).status).toBe(422)
  const accepted = await web.submit('/alerts/channels', { ...command, api_token: web.apiToken })
  expect(accepted.status).toBe(303)
  const again = await web.submit('/alerts/channels', { kind: 'ntfy', target: 'http://x', private: 'no' })
  expect(again.status).toBe(422)
  expect(await again.text()).toMatch(/value="http:\/\/x"/)
  expect((await web.submit('/alerts/channels', { kind: 'pigeon', target: 'x' })).status).toBe(422)
})

test('channels by the API', async () => {
  const made = await web.call('POST', '/api/alert-channels', { kind: 'webhook', target: 'https://hook.example/x' })
  expect(made.status).toBe(201)
  const { id, signing_key } = await made.json()
  expect(signing_key).toMatch(/^whsec_/)
  statuses = [200, 404]
  expect(await (await web.call('POST', `/api/alert-channels/${id}/tests`)).json()).toEqual({
    told: true,
    failure: null,
  })
  expect(await (await web.call('POST', `/api/alert-channels/${id}/tests`)).json()).toEqual({
    told: false,
    failure: 'http_404',
  })
  expect((await web.call('PATCH', `/api/alert-channels/${id}`, { paused: true })).status).toBe(200)
  expect(
    await (await web.call('POST', '/api/alert-channels', { kind: 'webhook', target: 'https://10.0.0.1/' })).json(),
  ).toMatchObject({ status: 422, code: 'private_address' })
  expect((await web.call('DELETE', `/api/alert-channels/${id}`)).status).toBe(200)
  expect((await web.call('DELETE', `/api/alert-channels/${id}`)).status).toBe(404)
})

test('the watcher: by news and by time, never by a page; others hear of it', async () => {
  const stop = startAlertWatcher(web.context)
  await web.clock.advance(MINUTE_MS)
  web.fake.usage.set('grace', [fakeWindow('weekly', 85, web.clock.now() + 96 * HOUR_MS)])
  await web.clock.advance(MINUTE_MS)
  await text('/')
  await readUsage(web.context, grace, { actor: 'scheduler' })
  expect(web.events.some(({ type }) => type === 'alert.raised')).toBe(false)
  await web.clock.advance(6_000)
  expect(web.events.some(({ type }) => type === 'alert.raised')).toBe(true)
  await web.clock.advance(MINUTE_MS)
  expect(web.events.some(({ type }) => type === 'alerts.changed')).toBe(true)
  closeDatabase()
  await web.clock.advance(MINUTE_MS)
  expect(web.log.text()).toContain('alerts.not_watched')
  await stop()
})
