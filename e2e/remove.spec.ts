/** Taking an account away: forgotten here, or signed out at the provider, with what happened said. */

import { codexAuthJson, signInAs } from '../src/testing/fake-tokens.ts'
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

test('a provider that cannot do it yet goes on being asked, also after a crash, until it confirms', async ({
  page,
  app,
  fake,
}) => {
  fake.faults.add({ endpoint: 'codex.revoke', fault: { kind: 'status', status: 503 } })
  await expect(dialog(page).getByText('No other copy of this login is known.')).toBeVisible()
  await dialog(page).getByRole('button', { name: 'Sign out and remove' }).click()
  await expect(page.getByText('The provider could not sign it out yet and goes on being asked.')).toBeVisible()
  await expect(row(page, 'grace@example.com')).toHaveCount(0)
  const pending = page.getByRole('region', { name: 'Signing out at the provider' })
  await expect(pending).toContainText('grace@example.com at Codex Not confirmed yet: the login is still valid there.')
  await expect(pending).toContainText('http_503')
  expect((await app.api('GET', '/api/revocations')).body).toMatchObject([{ status: 'pending', tries: 1 }])

  await page.goto('about:blank')
  await app.stop('SIGKILL')
  await app.restart()
  expect((await app.api('GET', '/api/revocations')).body).toMatchObject([{ status: 'pending', tries: 1 }])
  await app.restart('update revocations set next_try_at = 0')
  await expect.poll(() => fake.ledger.count('codex.revoke', 'revoked')).toBe(1)
  await page.goto(app.origin)
  await expect(pending).toContainText('The provider confirmed the sign-out.')
  expect(fake.ledger.count('codex.revoke')).toBe(2)
})

test('a login that a CLI holds is named with its file, and ended only after a second yes', async ({
  page,
  app,
  fake,
}) => {
  app.writeHomeFile('.codex/auth.json', codexAuthJson(signInAs(fake.grants, fake.person('hopper')), Date.now()))
  const path = `${app.userHome}/.codex/auth.json`
  const linked = await app.api('POST', '/api/imports', { provider: 'codex', path, mode: 'link' })
  const { id } = linked.body
  const refused = await app.api('DELETE', `/api/accounts/${id}?revoke=true`)
  expect([refused.status, refused.body.code]).toEqual([409, 'revoke_would_break_cli'])
  expect(refused.body.detail).toContain('confirm_cli=true')

  await page.goto(`${app.origin}/accounts/${id}/removals/new`)
  await expect(page.getByText(path)).toBeVisible()
  await page.getByRole('button', { name: 'Sign out and remove' }).click()
  await expect(page.getByRole('checkbox', { name: /^Yes, end it there too/ })).toBeFocused()
  expect(fake.ledger.count('codex.revoke')).toBe(0)
  await page.getByRole('checkbox', { name: /^Yes, end it there too/ }).check()
  await page.getByRole('button', { name: 'Sign out and remove' }).click()
  await expect(page.getByText('the provider confirmed the sign-out')).toBeVisible()
  expect(fake.ledger.count('codex.revoke', 'revoked')).toBe(1)
})

test('cancelling changes nothing', async ({ page }) => {
  await dialog(page).getByRole('button', { name: 'Cancel' }).click()
  await expect(dialog(page)).toBeHidden()
  await expect(row(page, 'grace@example.com')).toBeVisible()
})
