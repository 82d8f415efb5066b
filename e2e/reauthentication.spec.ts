/** Signing in again: the account stays the account, and nobody else gets into it. */

import { expect, signInToDashboard, test } from './fixtures.ts'
import { addPair, dialog, openProvider, row, signInAgainLink } from './steps.ts'

test.beforeEach(async ({ page, app, fake }) => {
  const { refreshToken } = await addPair(app, fake, 'grace', { label: 'Deep work' })
  fake.grants.revoke(refreshToken)
  await signInToDashboard(page, app)
  await page.getByRole('button', { name: 'Refresh Deep work' }).click()
  await signInAgainLink(page, 'Deep work').click()
  await dialog(page).getByRole('button', { name: 'Sign in with Codex: In this browser' }).click()
})

test('keeps the account and its label', async ({ page, app }) => {
  const tab = await openProvider(page)
  await tab.getByRole('button', { name: 'Continue as Grace Example at Grace Works' }).click()
  await expect(dialog(page).getByText('Signed in as Deep work')).toBeVisible()
  await page.goto(app.origin)
  await expect(page.getByRole('list', { name: 'All accounts' }).getByRole('listitem')).toHaveCount(1)
  await expect(row(page, 'Deep work').getByText('Valid')).toBeVisible()
})

for (const [who, button, actual] of [
  ['another person', 'Continue as Hopper Example at Hopper Works', 'hopper@example.com'],
  ['another workspace of the same person', 'Continue as Grace Example at Harbour Systems', 'grace@example.com'],
] as const) {
  test(`refuses ${who}, naming both, and changes nothing`, async ({ page, app }) => {
    const tab = await openProvider(page)
    await tab.getByRole('button', { name: button }).click()
    await expect(dialog(page).getByText('That is another account')).toBeVisible()
    await expect(dialog(page).getByRole('heading')).toContainText('Deep work')
    const words = await dialog(page).getByText('That is another account').locator('..').textContent()
    const [, expected, signedIn] = /This account is (.+), but you signed in as (.+?)\. Nothing was changed/.exec(
      words!,
    )!
    expect(expected).toContain('grace@example.com')
    expect(signedIn).toContain(actual)
    expect(signedIn, 'the two can be told apart').not.toBe(expected)
    await page.goto(app.origin)
    await expect(page.getByRole('list', { name: 'All accounts' }).getByRole('listitem')).toHaveCount(1)
    await expect(signInAgainLink(page, 'Deep work')).toBeVisible()
  })
}
