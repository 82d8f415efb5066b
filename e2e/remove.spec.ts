/** Taking an account away: forgotten here, or signed out at the provider, with what happened said. */

import { expect, signInToDashboard, test } from './fixtures.ts'
import { addPair, dialog, row } from './steps.ts'

test.beforeEach(async ({ page, app, fake }) => {
  await addPair(app, fake, 'grace')
  await addPair(app, fake, 'ada')
  await signInToDashboard(page, app)
  await page.getByRole('button', { name: 'More actions for grace@example.com' }).click()
  await page.getByRole('link', { name: 'Remove…' }).click()
  await expect(dialog(page).getByRole('heading', { name: 'Remove grace@example.com' })).toBeVisible()
})

test('forgetting leaves the login at the provider alone', async ({ page, fake }) => {
  await dialog(page).getByRole('button', { name: 'Forget account' }).click()
  await expect(page.getByText('The account is forgotten here.')).toBeVisible()
  await expect(row(page, 'grace@example.com')).toHaveCount(0)
  await expect(row(page, 'ada@example.com')).toBeVisible()
  expect(fake.ledger.count('codex.revoke')).toBe(0)
})

test('signing out revokes, and says that the provider confirmed it', async ({ page, fake }) => {
  await dialog(page).getByRole('button', { name: 'Sign out and remove' }).click()
  await expect(page.getByText('the provider confirmed the sign-out')).toBeVisible()
  await expect(row(page, 'grace@example.com')).toHaveCount(0)
  expect(fake.ledger.count('codex.revoke', 'revoked')).toBe(1)
})

test('a sign-out that the provider does not confirm is said to be so', async ({ page, fake }) => {
  fake.faults.add({ endpoint: 'codex.revoke', fault: { kind: 'status', status: 503 }, times: 10 })
  await dialog(page).getByRole('button', { name: 'Sign out and remove' }).click()
  await expect(page.getByText('The provider did not confirm the sign-out')).toBeVisible({ timeout: 15_000 })
})

test('cancelling changes nothing', async ({ page }) => {
  await dialog(page).getByRole('button', { name: 'Cancel' }).click()
  await expect(dialog(page)).toBeHidden()
  await expect(row(page, 'grace@example.com')).toBeVisible()
})
