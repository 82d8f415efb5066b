/** Limits as a person sees them: bars that arrive by themselves, the button, old numbers, and an account's page. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { fakeWindow } from '../src/testing/fake-usage.ts'
import { expect, signInToDashboard, test } from './fixtures.ts'
import { addPair, row } from './steps.ts'

const HOUR_MS = 3_600_000
const GRACE = 'grace@example.com'

test('limits arrive in the row by themselves, the tightest first, the rest folded away', async ({
  page,
  app,
  fake,
}) => {
  fake.usage.set('grace', [
    fakeWindow('session', 12, Date.now() + 2 * HOUR_MS),
    fakeWindow('weekly', 88, Date.now() + 40 * HOUR_MS),
    fakeWindow('weekly', 5, Date.now() + 40 * HOUR_MS, 'Example Max'),
  ])
  await signInToDashboard(page, app)
  await addPair(app, fake, 'grace')
  const bars = row(page, GRACE).getByRole('meter')
  await expect(bars.first()).toHaveAccessibleName(/Week: 88 % used, nearly used up, resets in 1 d/)
  await expect(bars.nth(1)).toHaveAttribute('aria-valuenow', '12')
  await expect(bars).toHaveCount(2)
  await page.getByRole('button', { name: `All limits of ${GRACE}` }).click()
  await expect(page.getByRole('meter', { name: /Example Max/ })).toBeVisible()
  const height = await row(page, GRACE).evaluate((item) => item.firstElementChild!.getBoundingClientRect().height)
  expect(height).toBeLessThanOrEqual(56)
})

test('the button reads now, and says why not when it was pressed a moment ago', async ({
  page,
  app,
  fake,
  pageLoads,
  expectedConsole,
}) => {
  // axe injects a style of its own, which the policy refuses; that report is not the page's.
  expectedConsole.push(/Applying inline style violates.*style-src|Refused to apply inline style/)
  const { id } = await addPair(app, fake, 'grace')
  await expect.poll(() => fake.ledger.count('codex.usage', 'ok')).toBe(1)
  await signInToDashboard(page, app)
  await page.goto(`${app.origin}/accounts/${id}`)
  pageLoads()
  const panel = page.getByRole('region', { name: 'Limits' })
  await expect(panel.getByRole('row', { name: /Session \(5 h\)/ })).toContainText('23 %')
  await panel.getByRole('button', { name: /^Read limits now/ }).click()
  await expect(panel.getByText(/read less than a minute ago/)).toBeVisible()
  expect(fake.ledger.count('codex.usage')).toBe(1)
  expect(pageLoads()).toBe(0)
  const found = await new AxeBuilder({ page }).setLegacyMode().analyze()
  expect(found.violations).toEqual([])
})

test('the use of all accounts is one click away, each window with its chart, and leads to the account', async ({
  page,
  app,
  fake,
}) => {
  await addPair(app, fake, 'grace')
  await addPair(app, fake, 'ada')
  await expect.poll(() => fake.ledger.count('codex.usage', 'ok') + fake.ledger.count('claude.usage', 'ok')).toBe(2)
  await signInToDashboard(page, app)
  await page.getByRole('navigation').getByRole('link', { name: 'Usage' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Use of all accounts')
  await expect(page.getByRole('navigation').getByRole('link', { name: 'Usage' })).toHaveAttribute(
    'aria-current',
    'page',
  )
  await expect(page.getByRole('img', { name: /use in the last 90 days/ })).toHaveCount(4)
  await page.getByRole('link', { name: GRACE }).first().click()
  await expect(page.getByRole('heading', { name: 'Use in 90 days' })).toBeInViewport()
})

test('a provider that asks for patience: the last numbers stay, and the API says until when', async ({ app, fake }) => {
  const { id } = await addPair(app, fake, 'grace')
  await expect.poll(() => fake.ledger.count('codex.usage', 'ok')).toBe(1)
  const before = (await app.api('GET', `/api/accounts/${id}/usage`)).body
  expect(before.windows.map(({ used_fraction }: { used_fraction: number }) => used_fraction)).toEqual([0.41, 0.23])
  expect(before.history.map(({ points }: { points: unknown[] }) => points.length)).toEqual([1, 1])
  await app.stop()
  await app.restart('update usage_calls set at = at - 120000')
  fake.faults.add({
    endpoint: 'codex.usage',
    fault: { kind: 'status', status: 429, headers: { 'retry-after': '3600' } },
  })
  const refused = (await app.api('POST', `/api/accounts/${id}/usage-readings`)).body
  expect(refused).toMatchObject({ outcome: 'not_read', code: 'rate_limited' })
  expect(Date.parse(refused.retry_at) - Date.now()).toBeGreaterThan(59 * 60_000)
  const used = (windows: { id: string; used_fraction: number }[]) =>
    windows.map(({ id, used_fraction }) => [id, used_fraction])
  expect(used(refused.usage.windows)).toEqual(used(before.windows))
  await app.restart()
  expect((await app.api('POST', `/api/accounts/${id}/usage-readings`)).body).toMatchObject({ code: 'held' })
  expect(fake.ledger.count('codex.usage')).toBe(2)
})

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false })

  test('the button answers with a page that says what came of it', async ({ page, app, fake }) => {
    const { id } = await addPair(app, fake, 'grace')
    await expect.poll(() => fake.ledger.count('codex.usage', 'ok')).toBe(1)
    await page.goto(app.origin)
    await page.getByLabel('API token').fill(readFileSync(join(app.home, 'api-token'), 'utf8').trim())
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.goto(`${app.origin}/accounts/${id}`)
    await page.getByRole('button', { name: /^Read limits now/ }).click()
    await expect(page.getByText(/read less than a minute ago/)).toBeVisible()
  })
})
