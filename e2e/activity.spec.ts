/** The trails: what happened is found, checked and told, with scripts and without. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, signInToDashboard, test } from './fixtures.ts'
import { addPair } from './steps.ts'

test('everything that happened, filtered, and its check', async ({ page, app, fake }) => {
  const { id } = await addPair(app, fake, 'ada')
  await addPair(app, fake, 'grace')
  await signInToDashboard(page, app)
  await app.api('POST', `/api/accounts/${id}/refresh`)
  await page.getByRole('link', { name: 'Activity' }).click()
  await expect(page.getByRole('heading', { name: 'Activity' })).toBeVisible()
  await page.getByLabel('Account').selectOption({ label: 'ada@example.com' })
  await page.getByLabel('Kind').selectOption({ label: 'Refreshed' })
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await expect(page).toHaveURL(/account=acc_\w+&kind=grant\.refreshed$/)
  await expect(page.getByRole('row', { name: /Refreshed/ })).toHaveCount(1)
  await expect(page.getByRole('row', { name: /Claude Tokens/ })).toBeVisible()
  await page.getByRole('button', { name: 'Check the history' }).click()
  await expect(page.getByText(/^The history is whole\. Events checked: \d+/)).toBeVisible()
})

test('why an account was signed out is told on its page', async ({ page, app, fake }) => {
  const { id } = await addPair(app, fake, 'ada')
  await signInToDashboard(page, app)
  await page.goto(`${app.origin}/accounts/${id}`)
  const lineage = page.getByRole('region', { name: 'Lineage of this login' })
  await expect(lineage.getByText(/^Generation 1 is the current one/)).toBeVisible()
  for (const family of fake.grants.families) family.revokedAt = 1
  await app.api('POST', `/api/accounts/${id}/refresh`)
  await page.reload()
  await expect(lineage.getByText(/The last generation has ended:.*refused by the provider/)).toBeVisible()
})

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false })

  test('the page, its filter and its check work as ordinary forms', async ({ page, app, fake }) => {
    await addPair(app, fake, 'ada')
    await page.goto(app.origin)
    await page.getByLabel('API token').fill(readFileSync(join(app.home, 'api-token'), 'utf8').trim())
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('link', { name: 'Activity' }).click()
    await page.getByLabel('Kind').selectOption({ label: 'Connected' })
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await expect(page.getByRole('row', { name: /Connected/ })).toHaveCount(1)
    await page.getByRole('button', { name: 'Check the history' }).click()
    await expect(page.getByText(/^The history is whole/)).toBeVisible()
  })
})
