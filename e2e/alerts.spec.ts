/** Alerts as a person meets them: the bell that counts by itself, a notification, rules and a webhook, with and without scripts. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { fakeWindow } from '../src/testing/fake-usage.ts'
import { expect, signInToDashboard, test } from './fixtures.ts'
import { addPair } from './steps.ts'

const HOUR_MS = 3_600_000

test('a crossing is counted, spoken and shown by the browser, without a page load', async ({
  page,
  app,
  fake,
  pageLoads,
  expectedConsole,
}) => {
  // axe injects a style of its own, which the policy refuses; that report is not the page's.
  expectedConsole.push(/Applying inline style violates.*style-src|Refused to apply inline style/)
  const resetsAt = Date.now() + 40 * HOUR_MS
  fake.usage.set('grace', [fakeWindow('weekly', 12, resetsAt)])
  const { id } = await addPair(app, fake, 'grace')
  await expect.poll(() => fake.ledger.count('codex.usage', 'ok')).toBe(1)
  // The next start looks at once, and the limits may be read again at once.
  await app.restart('update usage_calls set at = at - 120000')
  // What a browser would show, kept by the page; the permission is as if the person had given it.
  await page.addInitScript(() => {
    const shown: string[] = []
    class Shown extends EventTarget {
      static permission = 'granted'
      static requestPermission = async () => 'granted'
      constructor(title: string) {
        super()
        shown.push(title)
      }
    }
    Object.assign(globalThis, { Notification: Shown, shownNotices: shown })
  })
  await signInToDashboard(page, app)
  await page.goto(`${app.origin}/alerts`)
  await page.getByRole('button', { name: 'Show notifications' }).click()
  await page.getByRole('button', { name: 'Test notification' }).click()
  await expect.poll(() => page.evaluate('shownNotices.length')).toBe(1)
  pageLoads()
  fake.usage.set('grace', [fakeWindow('weekly', 96, resetsAt)])
  await app.api('POST', `/api/accounts/${id}/usage-readings`)
  await expect(page.getByRole('link', { name: 'Alerts: 1 new' })).toBeVisible({ timeout: 45_000 })
  await expect(page.locator('#announcer')).toHaveText('New alert: grace@example.com: Week 96 % used')
  expect(await page.evaluate('shownNotices')).toContain('grace@example.com: Week 96 % used')
  expect(pageLoads()).toBe(0)
  await page.getByRole('link', { name: 'Alerts: 1 new' }).click()
  await expect(page.getByText('has reached 95 %')).toBeVisible()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect((await new AxeBuilder({ page }).setLegacyMode().analyze()).violations).toEqual([])
  }
  await page.getByRole('button', { name: /^Mark as seen/ }).click()
  await expect(page.getByRole('link', { name: 'Alerts: nothing new' })).toBeVisible()
})

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false })

  test('rules are changed, a webhook is added and tested; a command only after the API token is typed again', async ({
    page,
    app,
    expectedConsole,
  }) => {
    // The browser's own line about an answer that says what was wrong with a form.
    expectedConsole.push(/status of 422/)
    const heard: { signature: string | null; body: string }[] = []
    const receiver = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: async (request) => {
        heard.push({ signature: request.headers.get('webhook-signature'), body: await request.text() })
        return new Response('ok')
      },
    })
    const apiToken = readFileSync(join(app.home, 'api-token'), 'utf8').trim()
    try {
      await page.goto(app.origin)
      await page.getByLabel('API token').fill(apiToken)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.goto(`${app.origin}/alerts`)
      await page.getByLabel('Thresholds of use, in percent').fill('50, 101')
      await page.getByRole('button', { name: 'Save' }).click()
      await expect(page.getByText('whole numbers from 1 to 100.').first()).toBeVisible()
      await page.getByLabel('Thresholds of use, in percent').fill('50, 90')
      await page.getByRole('button', { name: 'Save' }).click()
      await expect(page.getByText('Rules are saved.')).toBeVisible()
      await expect(page.getByLabel('Thresholds of use, in percent')).toHaveValue('50, 90')

      const add = async (
        target: string,
        isPrivate: boolean,
        { kind = 'Webhook', name = 'Mine', apiToken = '' } = {},
      ) => {
        const form = page.locator('.alerts__new')
        if ((await form.getAttribute('open')) === null) await page.getByText('Add a channel').click()
        await page.getByRole('combobox', { name: /^Kind/ }).selectOption({ label: kind })
        await page.getByLabel('Name', { exact: true }).fill(name)
        await page.getByLabel('Address or command').fill(target)
        if (isPrivate) await page.getByLabel(/in my own network/).check()
        await page.getByLabel('API token (for commands)').fill(apiToken)
        await page.getByRole('button', { name: 'Add', exact: true }).click()
      }
      await add(`http://127.0.0.1:${receiver.port}/hook`, false)
      await expect(page.getByText('Only https').first()).toBeVisible()
      await add(`http://127.0.0.1:${receiver.port}/hook`, true)
      await expect(page.getByRole('textbox', { name: 'Copy' })).toHaveText(/^whsec_/)
      await page.getByRole('button', { name: 'Test Mine' }).click()
      await expect(page.getByText('The test was told.')).toBeVisible()
      expect(heard).toHaveLength(1)
      expect(heard[0]!.signature).toMatch(/^v1,/)
      expect(JSON.parse(heard[0]!.body)).toMatchObject({ type: 'alert.test' })
      const told = join(app.home, 'told')
      const command = `/bin/sh -c 'env | sort > "$0"' ${told}`
      await add(command, false, { kind: 'Local command', name: 'Script' })
      await expect(page.getByText('The API token is wrong').first()).toBeVisible()
      await add(command, false, { kind: 'Local command', name: 'Script', apiToken: 'td_FAKE-another-token' })
      await expect(page.getByText('The API token is wrong').first()).toBeVisible()
      await expect(page.getByRole('button', { name: 'Test Script' })).toHaveCount(0)
      await add(command, false, { kind: 'Local command', name: 'Script', apiToken })
      await page.getByRole('button', { name: 'Test Script' }).click()
      await expect(page.getByText('The test was told.')).toBeVisible()
      const environment = readFileSync(told, 'utf8')
      expect(environment).toMatch(/^TOKENDECK_ALERT\w*=/m)
      // The typed token made the channel and went nowhere else.
      expect(environment + (await page.content())).not.toContain(apiToken)
    } finally {
      await receiver.stop(true)
    }
  })
})
