/** axe finds nothing on any page or dialog, in both themes and four languages; nothing overflows a phone. */

import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright/test'
import { claudeCredentialsJson, claudeJson, signInAs } from '../src/testing/fake-tokens.ts'
import { expect, signInToDashboard, test } from './fixtures.ts'
import { addPair } from './steps.ts'

const LANGUAGES = ['en', 'ja', 'zh', 'ko'] as const
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What axe finds on the page, each with its place; empty when all is well. */
async function violationsOf(page: Page, where: string, rules: string[] = []): Promise<string[]> {
  const axe = new AxeBuilder({ page }).setLegacyMode()
  // Off unless asked for: what is seen of a control has to be part of what is read of it.
  const all = () => axe.options({ rules: { 'label-content-name-mismatch': { enabled: true } } }).withTags(TAGS)
  const { violations } = await (rules.length > 0 ? axe.withRules(rules) : all()).analyze()
  return violations.map(({ id, nodes }) => `${where}: ${id}: ${nodes.map((node) => node.html).join(' | ')}`)
}

async function expectAccessible(page: Page, where: string): Promise<void> {
  expect(await violationsOf(page, where)).toEqual([])
}

async function expectNoSidewaysScroll(page: Page, where: string): Promise<void> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(overflow, `${where} scrolls sideways`).toBeLessThanOrEqual(0)
}

// axe injects a style of its own, which the policy refuses; that report is not the page's.
test.beforeEach(({ expectedConsole }) => {
  expectedConsole.push(/Applying inline style violates.*style-src|Refused to apply inline style/)
})

for (const language of LANGUAGES) {
  test.describe(language, () => {
    // Playwright makes Accept-Language of it.
    test.use({ locale: language })

    test(`every page, in ${language}, light and dark`, async ({ page, app, fake, expectedConsole }) => {
      test.setTimeout(240_000)
      expectedConsole.push(/status of 404/)
      const { id, refreshToken } = await addPair(app, fake, 'grace', { label: 'x'.repeat(80) })
      const ada = await addPair(app, fake, 'ada', { loginLifetimeMs: 3 * 86_400_000 })
      fake.grants.revoke(refreshToken)
      await app.api('POST', `/api/accounts/${id}/refresh`)
      const issue = signInAs(fake.grants, fake.person('brook'))
      app.writeHomeFile('.claude.json', claudeJson(issue.family))
      app.writeHomeFile('.claude/.credentials.json', claudeCredentialsJson(issue))
      const credentials = `${app.userHome}/.claude/.credentials.json`
      const linked = await app.api('POST', '/api/imports', { provider: 'claude', path: credentials, mode: 'link' })
      const { id: removed } = await addPair(app, fake, 'hopper')
      fake.faults.add({ endpoint: 'codex.revoke', fault: { kind: 'status', status: 503 }, times: Infinity })
      await app.api('DELETE', `/api/accounts/${removed}?revoke=true`)
      await signInToDashboard(page, app)
      const found: string[] = []
      for (const path of [
        '/',
        `/accounts/${id}`,
        '/usage',
        '/timeline',
        '/activity',
        '/settings',
        '/alerts',
        '/backups',
        `/accounts/${id}/activations/new`,
        '/authorizations/new',
        `/authorizations/new?account=${id}`,
        '/added-tokens/new?provider=claude&kind=token_pair',
        '/imports/new',
        `/imports/new?path=${encodeURIComponent(credentials)}`,
        `/accounts/${id}/removals/new`,
        `/accounts/${id}/profiles/new`,
        `/accounts/${ada.id}/activations/new`,
        `/accounts/${linked.body.id}/deactivations/new`,
        `/running/claude/clearings/new?directory=${encodeURIComponent(`${app.userHome}/.claude`)}`,
        `/accounts/${ada.id}/console-keys/new`,
        '/backups',
        `/accounts/${linked.body.id}/removals/new`,
        `/accounts/${id}/explanations/login`,
        `/accounts/${id}/explanations/data`,
        `/accounts/${linked.body.id}/explanations/ownership`,
        '/keyboard',
        '/nothing-here',
      ]) {
        await page.emulateMedia({ colorScheme: 'light' })
        await page.goto(app.origin + path)
        await expect(page.locator('html')).toHaveAttribute('lang', new RegExp(`^${language}`))
        found.push(...(await violationsOf(page, path)))
        // A theme changes colours and nothing else.
        await page.emulateMedia({ colorScheme: 'dark' })
        found.push(...(await violationsOf(page, `${path}, dark`, ['color-contrast'])))
      }
      expect(found).toEqual([])
    })
  })
}

test('every dialog as a dialog', async ({ page, app, fake }) => {
  test.setTimeout(120_000)
  await addPair(app, fake, 'grace')
  await signInToDashboard(page, app)
  const open = async (act: () => Promise<void>, where: string) => {
    await page.goto(app.origin)
    await act()
    await expect(page.getByRole('dialog')).toBeVisible()
    await expect(page.getByRole('dialog').getByRole('heading').first()).toBeVisible()
    await expectAccessible(page, where)
  }
  await open(() => page.getByRole('link', { name: 'Add account' }).first().click(), 'add account')
  await open(() => page.getByRole('link', { name: 'Keyboard shortcuts' }).click(), 'keyboard')
  await open(() => page.getByRole('link', { name: /^Login: / }).click(), 'explanation')
  const activate = () =>
    page
      .getByRole('link', { name: /^Activate/ })
      .first()
      .click()
  await open(activate, 'plan of a switch')
  await open(async () => {
    await activate()
    await page.getByRole('dialog').getByRole('button', { name: 'Activate' }).click()
    await expect(page.getByText('Verified as grace@example.com')).toBeVisible({ timeout: 20_000 })
  }, 'a switch that is verified')
  await open(() => page.keyboard.press('u'), 'what can be undone')
  await open(async () => {
    await page.getByRole('link', { name: 'Add account' }).first().click()
    await page.getByRole('button', { name: 'Sign in with Codex: In this browser' }).click()
    await expect(page.getByRole('link', { name: 'Open the sign-in page' })).toBeVisible()
  }, 'sign-in by callback')
  await open(async () => {
    await page.getByRole('link', { name: 'Add account' }).first().click()
    await page.getByRole('button', { name: 'Sign in with Codex: With a device code' }).click()
    await expect(page.getByText(/^Your code: ..../)).toBeVisible()
  }, 'sign-in by device code')
  await open(async () => {
    await page.getByRole('link', { name: 'Add account' }).first().click()
    await page.getByRole('button', { name: 'Sign in with Claude: Paste a code' }).click()
    await expect(page.getByRole('button', { name: 'I understand' })).toBeVisible()
  }, 'consent')
  await page.getByRole('button', { name: 'I understand' }).click()
  await expect(page.getByLabel('Code or address')).toBeVisible()
  await expectAccessible(page, 'sign-in by paste')
})

test('the sign-in page, and the empty page', async ({ page, app }) => {
  await page.goto(`${app.origin}/sign-in`)
  await expectAccessible(page, 'sign-in page')
  await signInToDashboard(page, app)
  await expectAccessible(page, 'empty page')
})

test('nothing scrolls sideways on a phone, nor at 200 % of a laptop', async ({ page, app, fake }) => {
  test.setTimeout(90_000)
  const { id } = await addPair(app, fake, 'grace', { label: 'Wwwwwwwwww'.repeat(8) })
  await addPair(app, fake, 'ada')
  await signInToDashboard(page, app)
  for (const [width, height] of [
    [390, 844],
    [640, 400],
    [1_280, 800],
  ] as const) {
    await page.setViewportSize({ width, height })
    for (const path of [
      '/',
      `/accounts/${id}`,
      '/usage',
      '/timeline',
      '/activity',
      '/settings',
      '/authorizations/new',
    ]) {
      await page.goto(app.origin + path)
      await expectNoSidewaysScroll(page, `${path} at ${width}`)
    }
  }
})
