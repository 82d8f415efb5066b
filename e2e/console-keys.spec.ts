/** API keys through a login: the consequence first, the key once, a kept one again, a refusal in words. */

import { CLAUDE_CLIENT_ID } from '../src/testing/fake-claude-endpoints.ts'
import { expect, signInToDashboard, test } from './fixtures.ts'
import { addPair, dialog } from './steps.ts'

test('a key is made by an explicit act, shown once, read again where it was kept, and forgotten here', async ({
  page,
  app,
  fake,
}) => {
  const { pair } = fake.grants.signIn(fake.person('ada'), CLAUDE_CLIENT_ID, ['org:create_api_key', 'user:profile'])
  const added = await app.api('POST', '/api/accounts', {
    ...{ provider: 'claude', kind: 'token_pair' },
    ...{ access_token: pair.accessToken, refresh_token: pair.refreshToken },
    expires_at: new Date(pair.accessTokenExpiresAt).toISOString(),
  })
  await signInToDashboard(page, app)
  await page.goto(`${app.origin}/accounts/${added.body.id}`)
  const keys = page.getByRole('region', { name: 'API keys' })
  await keys.getByRole('link', { name: 'Create an API key' }).click()
  await expect(dialog(page)).toContainText('billed to the organisation’s API account')
  await dialog(page).getByLabel('Name, for you').fill('build server')
  await dialog(page).getByLabel('Keep it here, encrypted').check()
  await dialog(page).getByRole('button', { name: 'Create the key' }).click()
  expect(fake.ledger.count('claude.api-key'), 'not without the tick').toBe(0)
  await dialog(page).getByLabel('I know that it is billed').check()
  await dialog(page).getByRole('button', { name: 'Create the key' }).click()
  const shown = dialog(page).getByRole('textbox', { name: 'Copy the key' })
  await expect(shown).toHaveValue(/^\s*sk-ant-api03-FAKE-/)
  const key = (await shown.inputValue()).trim()
  await dialog(page).getByRole('link', { name: 'Back to the account' }).click()

  await expect(keys).toContainText('build server')
  expect(await page.content()).not.toContain(key)
  await keys.getByRole('button', { name: 'Show the key build server' }).click()
  await expect(dialog(page).getByRole('textbox', { name: 'Copy the key' })).toHaveValue(new RegExp(key))
  await dialog(page).getByRole('link', { name: 'Back to the account' }).click()
  await expect(page.getByText('Kept API key read').first()).toBeVisible()

  await keys.getByRole('button', { name: 'Forget the key build server' }).click()
  await expect(page.getByText('build server')).toHaveCount(0)
  expect(fake.ledger.count('claude.api-key')).toBe(1)
})

test('a refusal of the provider is quoted and explained; nothing is listed', async ({
  page,
  app,
  fake,
  expectedConsole,
}) => {
  expectedConsole.push(/status of 422/)
  const { id } = await addPair(app, fake, 'ada')
  await signInToDashboard(page, app)
  await page.goto(`${app.origin}/accounts/${id}/console-keys/new`)
  await page.getByLabel('Name, for you').fill('x')
  await page.getByLabel('I know that it is billed').check()
  await page.getByRole('button', { name: 'Create the key' }).click()
  const alert = page.getByRole('alert')
  await expect(alert).toContainText('Claude made no key')
  await expect(alert).toContainText('OAuth token does not meet scope requirement org:create_api_key')
  await expect(alert).toContainText('Nothing was made and nothing is billed')
  expect((await app.api('GET', `/api/accounts/${id}/console-keys`)).body.keys).toEqual([])
})
