/** The refresh button and its outcome in words; and the refresh that nobody asks for. */

import { expect, signInToDashboard, test } from './fixtures.ts'
import { addPair, row, signInAgainLink } from './steps.ts'

const REFRESH = { name: 'Refresh grace@example.com' }

test('refreshes in place: the outcome in words, no page load, a new pair at the provider', async ({
  page,
  app,
  fake,
  pageLoads,
}) => {
  await addPair(app, fake, 'grace')
  await signInToDashboard(page, app)
  pageLoads()
  await page.getByRole('button', REFRESH).click()
  await expect(row(page, 'grace@example.com').getByText('Refreshed. The new login was saved.')).toBeVisible()
  expect(pageLoads()).toBe(0)
  expect(fake.ledger.count('codex.refresh', 'granted')).toBe(1)
  await expect(row(page, 'grace@example.com').getByText('Valid')).toBeVisible()
})

test('what came of it stays when the list is fetched anew', async ({ page, app, fake }) => {
  await addPair(app, fake, 'grace')
  await signInToDashboard(page, app)
  await page.getByRole('button', REFRESH).click()
  const words = row(page, 'grace@example.com').getByText('Refreshed. The new login was saved.')
  await expect(words).toBeVisible()
  await addPair(app, fake, 'ada')
  await expect(row(page, 'ada@example.com')).toBeVisible()
  await expect(words).toBeVisible()
  await expect(row(page, 'ada@example.com').getByText('Refreshed.')).toHaveCount(0)
})

test('clicking again and again spends one token a time, and none twice', async ({ page, app, fake }) => {
  const { id } = await addPair(app, fake, 'grace')
  await signInToDashboard(page, app)
  fake.faults.add({ endpoint: 'codex.refresh', fault: { kind: 'delay', ms: 700 } })
  await page.getByRole('button', REFRESH).click()
  await Promise.all([
    page
      .getByRole('button', REFRESH)
      .click({ force: true, timeout: 2_000 })
      .catch(() => {}),
    app.api('POST', `/api/accounts/${id}/refresh`),
  ])
  await expect(row(page, 'grace@example.com').getByText(/Refreshed|Unchanged/)).toBeVisible()
  expect(fake.ledger.count('codex.refresh', 'reused')).toBe(0)
  expect(fake.ledger.count('codex.refresh', 'granted')).toBeLessThanOrEqual(2)
})

test('a provider in trouble: retried by itself, with the reason and no alarm', async ({ page, app, fake }) => {
  await addPair(app, fake, 'grace')
  await signInToDashboard(page, app)
  fake.faults.add({ endpoint: 'codex.refresh', fault: { kind: 'status', status: 503 }, times: 10 })
  await page.getByRole('button', REFRESH).click()
  const grace = row(page, 'grace@example.com')
  await expect(grace.getByText(/It is tried again by itself/)).toBeVisible({ timeout: 15_000 })
  await expect(grace.getByText('Retrying')).toBeVisible()
  await expect(signInAgainLink(page, 'grace@example.com')).toHaveCount(0)
  fake.faults.clear()
  await page.getByRole('button', REFRESH).click()
  await expect(row(page, 'grace@example.com').getByText('Refreshed. The new login was saved.')).toBeVisible()
  await expect(grace.getByText('Valid')).toBeVisible()
})

test('a refused login: one request, then only a person can mend it', async ({ page, app, fake }) => {
  const { refreshToken } = await addPair(app, fake, 'grace')
  await signInToDashboard(page, app)
  fake.grants.revoke(refreshToken)
  await page.getByRole('button', REFRESH).click()
  const grace = row(page, 'grace@example.com')
  await expect(grace.getByText(/The provider refused the login .* Sign in again\./)).toBeVisible()
  await expect(signInAgainLink(page, 'grace@example.com')).toBeVisible()
  expect(fake.ledger.count('codex.refresh')).toBe(1)
  await grace.getByRole('link', { name: /^Login: Sign in again/ }).click()
  await expect(page.getByRole('dialog').getByText('What was seen')).toBeVisible()
  await expect(page.getByRole('dialog').getByText('What you can do')).toBeVisible()
})

test('a lost answer is never asked for more than twice', async ({ page, app, fake }) => {
  await addPair(app, fake, 'grace')
  await signInToDashboard(page, app)
  fake.faults.add({ endpoint: 'codex.refresh', fault: { kind: 'drop_after' } })
  await page.getByRole('button', REFRESH).click()
  await expect(row(page, 'grace@example.com').getByText('Sign in again').first()).toBeVisible({ timeout: 15_000 })
  expect(fake.ledger.of('codex.refresh').map((entry) => entry.outcome)).toEqual(['granted', 'reused'])
})

test('a login refreshes itself before it ends, and the open page sees it', async ({ page, app, fake, pageLoads }) => {
  const { id } = await addPair(app, fake, 'ada', { label: 'Work', accessTokenLifetimeMs: 10_000 })
  await signInToDashboard(page, app)
  pageLoads()
  const ada = row(page, 'Work')
  await expect(ada.getByText(/refreshes in/)).toBeVisible()
  await expect.poll(() => fake.ledger.count('claude.refresh', 'granted'), { timeout: 15_000 }).toBe(1)
  await expect(ada.getByText(/refreshes in [78] h|refreshes in 7 h \d+ min/)).toBeVisible()
  await expect(ada.getByText('Valid')).toBeVisible()
  expect(pageLoads()).toBe(0)
  const { body } = await app.api('GET', `/api/accounts/${id}`)
  expect(Date.parse(body.login.access_token_expires_at)).toBeGreaterThan(Date.now() + 7 * 3_600_000)
})
