/** The timeline in a browser: lanes, the same as a table, and a calendar feed that is made, read and revoked. */

import { AxeBuilder } from '@axe-core/playwright'
import { fakeWindow } from '../src/testing/fake-usage.ts'
import { expect, signInToDashboard, test } from './fixtures.ts'
import { addPair } from './steps.ts'

const HOUR_MS = 3_600_000

test('what comes stands in a lane and in a table; a calendar reads it until its address is revoked', async ({
  page,
  app,
  fake,
  expectedConsole,
}) => {
  // axe injects a style of its own, which the policy refuses; that report is not the page's.
  expectedConsole.push(/Applying inline style violates.*style-src|Refused to apply inline style/)
  fake.usage.set('grace', [
    fakeWindow('session', 12, Date.now() + 3 * HOUR_MS),
    fakeWindow('weekly', 41, Date.now() + 90 * HOUR_MS),
  ])
  await addPair(app, fake, 'grace')
  await expect.poll(() => fake.ledger.count('codex.usage', 'ok')).toBe(1)
  await signInToDashboard(page, app)
  await page.getByRole('link', { name: 'Timeline' }).click()
  await expect(page.getByRole('img', { name: /^grace@example\.com: [34] dates$/ })).toBeVisible()
  await page.getByText('As a table').click()
  await expect(page.getByRole('row', { name: /Week resets/ })).toContainText('in 3 d')
  await page.getByLabel('Kind').selectOption({ label: 'refresh' })
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await page.getByText('As a table').click()
  await expect(page.getByRole('row', { name: /Week resets/ })).toHaveCount(0)

  await page.getByLabel('Name').fill('Phone')
  await page.getByRole('button', { name: 'Make an address' }).click()
  const address = (await page.getByRole('textbox', { name: 'Copy' }).textContent())!.trim()
  expect(address).toMatch(/\/calendar\/[\w-]{43}\.ics$/)
  const calendar = await fetch(address)
  expect(calendar.headers.get('content-type')).toBe('text/calendar; charset=utf-8')
  const text = await calendar.text()
  expect(text).toContain('BEGIN:VEVENT')
  expect(text).not.toContain('grace')
  for (const [width, colorScheme] of [
    [1440, 'light'],
    [390, 'dark'],
  ] as const) {
    await page.setViewportSize({ width, height: 900 })
    await page.emulateMedia({ colorScheme })
    expect((await new AxeBuilder({ page }).setLegacyMode().analyze()).violations).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
  }
  await page.getByRole('button', { name: 'Revoke Phone' }).click()
  await expect(page.getByText('No feed yet.')).toBeVisible()
  expect((await fetch(address)).status).toBe(404)
})
