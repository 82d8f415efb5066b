/** Everything with a keyboard only: moving, refreshing, adding, searching, and getting out of every dialog. */

import type { Page } from 'playwright/test'
import { expect, signInToDashboard, test } from './fixtures.ts'
import { addPair, deviceCode, dialog, row } from './steps.ts'

test.beforeEach(async ({ page, app, fake }) => {
  await addPair(app, fake, 'ada')
  await addPair(app, fake, 'grace')
  await signInToDashboard(page, app)
})

const focused = (page: Page) => page.locator(':focus')

test('shortcuts move between accounts, refresh and open', async ({ page, fake }) => {
  await page.keyboard.press('j')
  await expect(focused(page)).toHaveText('ada@example.com')
  await page.keyboard.press('j')
  await expect(focused(page)).toHaveText('grace@example.com')
  await page.keyboard.press('r')
  await expect(row(page, 'grace@example.com').getByText('Refreshed. The new login was saved.')).toBeVisible()
  expect(fake.ledger.count('codex.refresh', 'granted')).toBe(1)
  await expect(focused(page), 'the focus stays through the swap').toHaveText('grace@example.com')
  await page.keyboard.press('k')
  await expect(focused(page)).toHaveText('ada@example.com')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'ada@example.com', level: 1 })).toBeVisible()
})

test('search, help and adding open by key and close by Escape, and the focus comes back', async ({ page }) => {
  await page.keyboard.press('/')
  await expect(page.getByRole('searchbox', { name: 'Search by name, e-mail or organisation' })).toBeFocused()
  await page.keyboard.type('r ? n j')
  await expect(dialog(page), 'letters typed into a field are no shortcuts').toBeHidden()
  await page.keyboard.press('Escape')
  await page.goto(page.url().split('?')[0]!)
  await page.keyboard.press('?')
  await expect(dialog(page).getByRole('heading', { name: 'Keyboard shortcuts' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog(page)).toBeHidden()
  await page.keyboard.press('n')
  await expect(dialog(page).getByRole('heading', { name: 'Add an account' })).toBeVisible()
})

test('a whole sign-in with Tab and Enter, and no trap on the page', async ({ page, fake }) => {
  await page.keyboard.press('n')
  await expect(dialog(page).getByRole('heading', { name: 'Add an account' })).toBeVisible()
  await tabTo(page, 'Sign in with Codex: With a device code')
  await page.keyboard.press('Enter')
  expect(await fake.approveDevice(await deviceCode(page), 'hopper')).toBe(true)
  await expect(dialog(page).getByText('Signed in as hopper@example.com')).toBeVisible({ timeout: 12_000 })
  await page.keyboard.press('Escape')
  await expect(dialog(page)).toBeHidden()
  await page.goto(page.url())
  await page.keyboard.press('Tab')
  await expect(focused(page)).toHaveText('Skip to content')
})

/** Presses Tab until the control with this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  const target = page.getByRole('button', { name })
  for (let presses = 0; presses < 30; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  await expect(target).toBeFocused()
}
