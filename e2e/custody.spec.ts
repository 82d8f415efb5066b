/** A copy of a login turns up in a file, which is a conflict; each way out ends it. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { claudeCredentialsJson, claudeJson, codexAuthJson, fakeIdToken, signInAs } from '../src/testing/fake-tokens.ts'
import type { AppProcess } from './app-process.ts'
import { expect, type ServedFakeProvider, signInToDashboard, test } from './fixtures.ts'
import { dialog, openProvider, row } from './steps.ts'

const FILE = '.claude/.credentials.json'

/** Ada is refreshed here, and a copy of her login lies in the CLI's file. */
async function copyTurnsUp(app: AppProcess, fake: ServedFakeProvider): Promise<{ id: string; refreshToken: string }> {
  const issue = signInAs(fake.grants, fake.person('ada'))
  const added = await app.api('POST', '/api/accounts', {
    ...{ provider: 'claude', kind: 'token_pair', label: 'Ada' },
    access_token: issue.pair.accessToken,
    refresh_token: issue.pair.refreshToken,
    expires_at: new Date(issue.pair.accessTokenExpiresAt).toISOString(),
  })
  expect(added.body.ownership.status).toBe('dashboard')
  app.writeHomeFile('.claude.json', claudeJson(issue.family))
  app.writeHomeFile(FILE, claudeCredentialsJson(issue))
  return { id: added.body.id, refreshToken: issue.pair.refreshToken ?? '' }
}

const copiesOf = async (app: AppProcess, id: string) => (await app.api('GET', `/api/accounts/${id}/copies`)).body

test('a copy that turns up is a conflict, live; the CLI owns it ends that', async ({ page, app, fake }) => {
  await signInToDashboard(page, app)
  const { id } = await copyTurnsUp(app, fake)
  const ada = row(page, 'Ada')
  await expect(ada.getByText('Conflict')).toBeVisible({ timeout: 20_000 })
  await ada.getByRole('link', { name: /^Resolve/ }).click()
  await expect(dialog(page).getByText(/still holds a copy of the login/)).toBeVisible()
  await dialog(page)
    .getByRole('button', { name: /^The CLI owns it/ })
    .click()
  await expect(page.getByText('Settled: the CLI owns this login')).toBeVisible()
  const custody = page.getByRole('region', { name: 'Custody and copies' })
  await expect(custody.getByText('followed here')).toBeVisible()
  await expect(custody.getByText('Two may refresh this login')).toBeHidden()
  expect(await copiesOf(app, id)).toMatchObject({ custody: 'cli', conflict: false })
  const lineage = page.getByRole('region', { name: 'Lineage of this login' })
  await expect(lineage.getByText(/^Handed over/)).toBeVisible()
})

test('Tokendeck owns it takes the login out of the file, with a backup', async ({ page, app, fake }) => {
  await signInToDashboard(page, app)
  const { id, refreshToken } = await copyTurnsUp(app, fake)
  await expect(row(page, 'Ada').getByText('Conflict')).toBeVisible({ timeout: 20_000 })
  await page.goto(`${app.origin}/accounts/${id}`)
  const custody = page.getByRole('region', { name: 'Custody and copies' })
  await expect(custody.getByRole('cell', { name: join(app.userHome, FILE) })).toBeVisible()
  await custody.getByRole('button', { name: 'Tokendeck owns it' }).click()
  await expect(page.getByText('Settled: Tokendeck owns this login')).toBeVisible()
  expect(await copiesOf(app, id)).toMatchObject({ custody: 'dashboard', conflict: false })
  expect(app.readHomeFile(FILE)).not.toContain(refreshToken)
  await page.getByRole('button', { name: 'Refresh Ada' }).first().click()
  // The schedule may have come first.
  await expect(
    page.getByText(/Refreshed\. The new login was saved|Unchanged: it had been refreshed/).first(),
  ).toBeVisible()
})

test('a conflict is readable for everybody, in both themes, and fits a phone', async ({
  page,
  app,
  fake,
  expectedConsole,
}) => {
  // axe injects a style of its own, which the policy refuses.
  expectedConsole.push(/style/i)
  await signInToDashboard(page, app)
  const { id } = await copyTurnsUp(app, fake)
  await expect(row(page, 'Ada').getByText('Conflict')).toBeVisible({ timeout: 20_000 })
  for (const address of [`/accounts/${id}`, `/accounts/${id}/explanations/ownership`]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.goto(app.origin + address)
      await expect(page.getByRole('button', { name: 'Tokendeck owns it' })).toBeVisible()
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
      expect(violations.map(({ id: rule, nodes }) => [rule, nodes.map(({ html }) => html)])).toEqual([])
    }
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await page.setViewportSize({ width: 1280, height: 720 })
  }
})

test('signing in separately gives each side a login of its own', async ({ page, app, fake }) => {
  await signInToDashboard(page, app)
  const issue = signInAs(fake.grants, fake.person('grace'))
  const { body } = await app.api('POST', '/api/accounts', {
    ...{ provider: 'codex', kind: 'token_pair', label: 'Grace', id_token: fakeIdToken(issue) },
    ...{ access_token: issue.pair.accessToken, refresh_token: issue.pair.refreshToken },
    expires_at: new Date(issue.pair.accessTokenExpiresAt).toISOString(),
  })
  app.writeHomeFile('.codex/auth.json', codexAuthJson(issue, Date.now()))
  await expect(row(page, 'Grace').getByText('Conflict')).toBeVisible({ timeout: 20_000 })
  await page.goto(`${app.origin}/accounts/${body.id}`)
  const custody = page.getByRole('region', { name: 'Custody and copies' })
  await custody.getByRole('link', { name: 'Sign in separately' }).click()
  await dialog(page).getByRole('button', { name: 'Sign in with Codex: In this browser' }).click()
  const tab = await openProvider(page)
  await tab.getByRole('button', { name: 'Continue as Grace Example at Grace Works' }).click()
  await expect(dialog(page).getByText('Signed in as Grace')).toBeVisible()
  await expect
    .poll(async () => (await copiesOf(app, body.id)).copies.map(({ holds }: { holds: string }) => holds))
    .toEqual(['separate'])
  await page.goto(`${app.origin}/accounts/${body.id}`)
  await expect(custody.getByText('a login of its own')).toBeVisible()
  await expect(custody.getByText('Two may refresh this login')).toBeHidden()
})

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false })

  test('the same forms settle it', async ({ page, app, fake }) => {
    await page.goto(app.origin)
    await page.getByLabel('API token').fill(readFileSync(join(app.home, 'api-token'), 'utf8').trim())
    await page.getByRole('button', { name: 'Sign in' }).click()
    const { id } = await copyTurnsUp(app, fake)
    await expect.poll(async () => (await copiesOf(app, id)).conflict, { timeout: 20_000 }).toBe(true)
    await page.goto(`${app.origin}/accounts/${id}`)
    await page.getByRole('button', { name: /^The CLI owns it/ }).click()
    await expect(page.getByText('Settled: the CLI owns this login')).toBeVisible()
  })
})
