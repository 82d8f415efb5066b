/** The refresh button and its outcome in words; and the refresh that nobody asks for. */

import { expect, signInToDashboard, test } from './fixtures.ts'
import { addPair, row } from './steps.ts'

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
  await expect(page.getByText('Refreshed. The new login was saved.')).toBeVisible()
  expect(pageLoads()).toBe(0)
  expect(fake.ledger.count('codex.refresh', 'granted')).toBe(1)
  await expect(row(page, 'grace@example.com').getByText('Valid')).toBeVisible()
})

test('clicking again and again spends one token a time, and none twice', async ({ page, app, fake }) => {
  await addPair(app, fake, 'grace')
  await signInToDashboard(page, app)
  fake.faults.add({ endpoint: 'codex.refresh', fault: { kind: 'delay', ms: 700 } })
  await page.getByRole('button', REFRESH).click()
  await Promise.all([
    page
      .getByRole('button', REFRESH)
      .click({ force: true, timeout: 2_000 })
      .catch(() => {}),
    app.api('POST', `/api/accounts/${(await app.api('GET', '/api/accounts')).body.accounts[0].id}/refresh`),
  ])
  await expect(page.getByText(/^(Refreshed|Unchanged)/).first()).toBeVisible()
  expect(fake.ledger.count('codex.refresh', 'reused')).toBe(0)
  expect(fake.ledger.count('codex.refresh', 'granted')).toBeLessThanOrEqual(2)
})

test('a provider in trouble: retried by itself, with the reason and no alarm', async ({ page, app, fake }) => {
  await addPair(app, fake, 'grace')
  await signInToDashboard(page, app)
  fake.faults.add({ endpoint: 'codex.refresh', fault: { kind: 'status', status: 503 }, times: 10 })
  await page.getByRole('button', REFRESH).click()
  await expect(page.getByText(/It is tried again by itself/)).toBeVisible({ timeout: 15_000 })
  const grace = row(page, 'grace@example.com')
  await expect(grace.getByText('Retrying')).toBeVisible()
  await expect(grace.getByRole('link', { name: 'Sign in again' })).toHaveCount(0)
  fake.faults.clear()
  await page.getByRole('button', REFRESH).click()
  await expect(page.getByText('Refreshed. The new login was saved.')).toBeVisible()
  await expect(grace.getByText('Valid')).toBeVisible()
})

test('a refused login: one request, then only a person can mend it', async ({ page, app, fake }) => {
  const { refreshToken } = await addPair(app, fake, 'grace')
  await signInToDashboard(page, app)
  fake.grants.revoke(refreshToken)
  await page.getByRole('button', REFRESH).click()
  await expect(page.getByText(/The provider refused the login .* Sign in again\./)).toBeVisible()
  const grace = row(page, 'grace@example.com')
  await expect(grace.getByRole('link', { name: 'Sign in again: grace@example.com' })).toBeVisible()
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

test.describe('with access tokens that live for seconds', () => {
  test.use({ providerOptions: { accessTokenLifetimeMs: 12_000 } })

  test('a login refreshes itself, and the open page sees it', async ({ page, app, fake, pageLoads }) => {
    const { id } = await addPair(app, fake, 'ada', { label: 'Work' })
    await signInToDashboard(page, app)
    pageLoads()
    const generation = async () => (await app.api('GET', `/api/accounts/${id}`)).body
    const before = (await generation()).login.access_token_expires_at
    await expect.poll(() => fake.ledger.count('claude.refresh', 'granted'), { timeout: 20_000 }).toBeGreaterThan(0)
    await expect.poll(async () => (await generation()).login.access_token_expires_at).not.toBe(before)
    await expect(row(page, 'Work').getByText(/worked (just now|\d+ s ago)/)).toBeVisible()
    await expect(row(page, 'Work').getByText('Valid')).toBeVisible()
    expect(pageLoads()).toBe(0)
  })
})
