/** Credential files of the CLIs: found, linked and watched, or taken over with the consequences named. */

import { createFakeProvider } from '../src/testing/fake-provider.ts'
import {
  blankedClaudeCredentialsJson,
  claudeCredentialsJson,
  claudeJson,
  codexAuthJson,
  signInAs,
} from '../src/testing/fake-tokens.ts'
import { opencodeEntry } from '../src/testing/tool-files.ts'
import { expect, signInToDashboard, test } from './fixtures.ts'
import { dialog, row } from './steps.ts'

// The files are written before the program starts, so each test makes its logins in the `fake` fixture first.
test.beforeEach(async ({ fake, app }) => {
  const claude = signInAs(fake.grants, fake.person('ada'))
  app.writeHomeFile('.claude/.credentials.json', claudeCredentialsJson(claude))
  app.writeHomeFile('.claude.json', claudeJson(claude.family))
  app.writeHomeFile('.codex/auth.json', codexAuthJson(signInAs(fake.grants, fake.person('grace')), Date.now()))
})

test('the empty page shows what was found, and linking takes one click', async ({ page, app, fake }) => {
  const before = app.readHomeFile('.claude/.credentials.json')
  await signInToDashboard(page, app)
  await expect(page.locator('#candidates').getByText('ada@example.com')).toBeVisible()
  await expect(page.locator('#candidates').getByText('grace@example.com')).toBeVisible()
  await page.getByRole('button', { name: /^Link .*\.credentials\.json$/ }).click()
  const ada = row(page, 'ada@example.com')
  await expect(ada.getByText('CLI', { exact: true })).toBeVisible()
  await expect(ada.getByText('in claude now')).toBeVisible()
  await ada.getByRole('button', { name: 'Refresh ada@example.com' }).click()
  await expect(ada.getByText(/The CLI owns this login and refreshes it/)).toBeVisible()
  expect(fake.ledger.count('claude.refresh')).toBe(0)
  expect(app.readHomeFile('.claude/.credentials.json')).toBe(before)
})

test('what the CLI rotates is adopted, and a file that the CLI blanked says so', async ({ page, app, fake }) => {
  await signInToDashboard(page, app)
  await page.getByRole('button', { name: /^Link .*\.credentials\.json$/ }).click()
  const ada = row(page, 'ada@example.com')
  await expect(ada.getByText('Valid')).toBeVisible()
  const rotated = signInAs(fake.grants, fake.person('ada'))
  app.writeHomeFile('.claude/.credentials.json', claudeCredentialsJson(rotated))
  await expect.poll(async () => (await app.api('GET', '/api/oauth/tokens')).body, { timeout: 15_000 }).toBeTruthy()
  app.writeHomeFile('.claude/.credentials.json', blankedClaudeCredentialsJson())
  await expect(ada.getByText('Sign in again').first()).toBeVisible({ timeout: 20_000 })
})

test('taking over names the consequences, and then the dashboard refreshes', async ({ page, app, fake }) => {
  await signInToDashboard(page, app)
  await page.getByRole('link', { name: /^Take over .*auth\.json$/ }).click()
  await expect(dialog(page).getByText('From now on only Tokendeck refreshes.')).toBeVisible()
  await dialog(page).getByRole('button', { name: 'Take over' }).click()
  await expect(row(page, 'grace@example.com')).toBeVisible()
  const grace = row(page, 'grace@example.com')
  await grace.getByRole('button', { name: 'Refresh grace@example.com' }).click()
  await expect(grace.getByText('Refreshed. The new login was saved.')).toBeVisible()
  expect(fake.ledger.count('codex.refresh', 'granted')).toBe(1)
})

test('a file elsewhere is imported by its path, and one that is none is refused in words', async ({
  page,
  app,
  expectedConsole,
}) => {
  expectedConsole.push(/status of 4\d\d/)
  const elsewhere = createFakeProvider()
  app.writeHomeFile('work/auth.json', codexAuthJson(signInAs(elsewhere.grants, elsewhere.person('hopper')), Date.now()))
  await signInToDashboard(page, app)
  await page.goto(`${app.origin}/imports/new`)
  await page.getByLabel('Another file or directory').fill(`${app.userHome}/nothing/auth.json`)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: 'Link', exact: true }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await page.goto(`${app.origin}/imports/new?path=${encodeURIComponent(`${app.userHome}/work/auth.json`)}`)
  await page.getByRole('button', { name: 'Link', exact: true }).click()
  await expect(row(page, 'hopper@example.com')).toBeVisible()
})

test('another tool’s file in another home: found, linked, followed, and taken over with what that means', async ({
  page,
  app,
  fake,
}) => {
  const first = signInAs(fake.grants, fake.person('hopper'))
  const path = 'old/.local/share/opencode/auth.json'
  app.writeHomeFile(path, JSON.stringify({ openai: opencodeEntry(first), groq: { type: 'api', key: 'FAKE' } }))
  await signInToDashboard(page, app)
  await page.goto(`${app.origin}/settings`)
  await page.getByLabel(/Directories/).fill(`${app.userHome}/old`)
  await page.locator('form[action="/settings/homes"]').getByRole('button').click()
  await page.goto(`${app.origin}/imports/new`)
  await expect(page.getByText('hopper@example.com')).toBeVisible()
  await expect(page.getByText(/Another tool’s file \(opencode\)/)).toBeVisible()
  await page.getByRole('button', { name: /^Link .*opencode:openai$/ }).click()
  const hopper = row(page, 'hopper@example.com')
  await expect(hopper.getByText('CLI', { exact: true })).toBeVisible()

  const next = fake.grants.refresh(first.pair.refreshToken!, first.family.clientId)
  if (typeof next === 'string') throw new Error(next)
  app.writeHomeFile(path, JSON.stringify({ openai: opencodeEntry(next) }))
  const lineage = async () => {
    const [account] = (await app.api('GET', '/api/accounts')).body as { id: string }[]
    return (await app.api('GET', `/api/accounts/${account!.id}/lineage`)).body
  }
  await expect.poll(async () => JSON.stringify(await lineage()), { timeout: 15_000 }).toContain('"generation":2')

  await page.goto(`${app.origin}/imports/new`)
  await page.getByRole('link', { name: /^Take over .*opencode:openai$/ }).click()
  await expect(dialog(page).getByText(/opencode is signed out at its next refresh/)).toBeVisible()
  await dialog(page).getByRole('button', { name: 'Take over' }).click()
  await expect(row(page, 'hopper@example.com').getByText('Conflict').first()).toBeVisible()
  app.writeHomeFile(path, '{}')
  await expect(row(page, 'hopper@example.com').getByText('Conflict')).toHaveCount(0, { timeout: 15_000 })
})
