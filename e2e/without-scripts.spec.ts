/** Everything that can be done with scripts can be done with ordinary forms and pages. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import type { AppProcess } from './app-process.ts'
import { expect, test } from './fixtures.ts'
import { addPair, providerAddress, row } from './steps.ts'

test.use({ javaScriptEnabled: false })

async function signIn(page: Page, app: AppProcess): Promise<void> {
  await page.goto(app.origin)
  await page.getByLabel('API token').fill(readFileSync(join(app.home, 'api-token'), 'utf8').trim())
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
}

test('signing in, adding by paste, refreshing, explaining and removing', async ({ page, app, fake }) => {
  await signIn(page, app)
  await page.getByRole('button', { name: /Sign in with Claude$/ }).click()
  await page.getByRole('button', { name: 'I understand' }).click()
  const { shown } = await fake.consent(await providerAddress(page), 'ada')
  await page.getByLabel('Code or address').fill(shown)
  await page.getByRole('button', { name: 'Finish sign-in' }).click()
  await expect(page.getByText('Signed in as ada@example.com')).toBeVisible()
  await page.getByRole('link', { name: 'To the accounts' }).click()

  await page.getByRole('button', { name: 'Refresh ada@example.com' }).click()
  await expect(page.getByText('Refreshed. The new login was saved.')).toBeVisible()

  await page.goto(app.origin)
  await row(page, 'ada@example.com')
    .getByRole('link', { name: /^Login: Valid/ })
    .click()
  await expect(page.getByText('What was seen')).toBeVisible()

  await page.goto(app.origin)
  await page.getByRole('button', { name: 'More actions for ada@example.com' }).click()
  await page.getByRole('link', { name: 'Remove…' }).click()
  await page.getByRole('button', { name: 'Forget account' }).click()
  await expect(page.getByText('The account is forgotten here.')).toBeVisible()
})

test('renaming, pausing and settings', async ({ page, app, fake }) => {
  const { id } = await addPair(app, fake, 'grace')
  await signIn(page, app)
  await page.goto(`${app.origin}/accounts/${id}`)
  await page.getByLabel('Label').fill('Night shift')
  await page.getByRole('button', { name: 'Save' }).first().click()
  await expect(page.getByRole('heading', { name: 'Night shift', level: 1 })).toBeVisible()
  await page.getByRole('button', { name: 'Pause refreshing' }).first().click()
  await page.goto(app.origin)
  await expect(row(page, 'Night shift').getByText('Paused')).toBeVisible()

  await page.goto(`${app.origin}/settings`)
  await page.getByLabel('Language').selectOption('ja')
  await page
    .locator('form', { has: page.getByLabel('Language') })
    .getByRole('button')
    .click()
  await expect(page.locator('html')).toHaveAttribute('lang', 'ja')
})
