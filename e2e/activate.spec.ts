/** Handing an account to its CLI: the plan, the switch that the CLI itself confirms, undoing it, and what is refused. */

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { claudeCredentialsJson, claudeJson, signInAs } from '../src/testing/fake-tokens.ts'
import { expect, signInToDashboard, test } from './fixtures.ts'
import { addPair, dialog, row } from './steps.ts'

const FILE = '.claude/.credentials.json'
const bin = mkdtempSync(join(tmpdir(), 'tokendeck-cli-'))

/** Answers `claude auth status --json` from the files of its home, as Claude Code does; or as somebody else. */
const CLAUDE = `#!/bin/sh
exec '${process.env.TOKENDECK_BUN ?? join(process.cwd(), 'node_modules', '.bin', 'bun')}' -e '
const { readFileSync } = require("node:fs")
const account = JSON.parse(readFileSync(process.env.HOME + "/.claude.json", "utf8")).oauthAccount ?? {}
const email = account.emailAddress === "brook@example.com" ? "mallory@example.com" : account.emailAddress
console.log(JSON.stringify({ loggedIn: true, authMethod: "claude.ai", email, orgId: account.organizationUuid }))'
`

test.use({ appOptions: { env: { PATH: `${bin}:${process.env.PATH}` } } })
// Around every test: one process may run several tests of this file, each as a group of its own.
test.beforeAll(() => {
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, 'claude'), CLAUDE)
  chmodSync(join(bin, 'claude'), 0o755)
})
test.afterAll(() => rmSync(bin, { recursive: true, force: true }))

test('linked, then another account activated and verified by the CLI, then undone byte for byte', async ({
  page,
  app,
  fake,
  pageLoads,
}) => {
  const ada = signInAs(fake.grants, fake.person('ada'))
  app.writeHomeFile(FILE, claudeCredentialsJson(ada))
  app.writeHomeFile('.claude.json', claudeJson(ada.family))
  const before = app.readHomeFile(FILE)
  await addPair(app, fake, 'carol')
  await app.api('POST', '/api/imports', { provider: 'claude', mode: 'link' })
  await signInToDashboard(page, app)
  await expect(page.getByRole('region', { name: 'Running now' })).toContainText('ada@example.com')
  pageLoads()

  await row(page, 'carol@example.com')
    .getByRole('link', { name: /^Activate/ })
    .first()
    .click()
  await expect(dialog(page)).toContainText('comes back to Tokendeck')
  await expect(dialog(page)).toContainText('claudeAiOauth.accessToken')
  await dialog(page).getByRole('button', { name: 'Activate' }).click()
  await expect(dialog(page).getByText('Verified as carol@example.com')).toBeVisible({ timeout: 20_000 })
  await expect(dialog(page)).toContainText('The CLI itself said so.')
  expect(JSON.parse(app.readHomeFile(FILE)).claudeAiOauth.accessToken).not.toBe(ada.pair.accessToken)
  await expect(page.getByRole('region', { name: 'Running now' })).toContainText('carol@example.com')
  await expect(row(page, 'carol@example.com').getByText('in claude now')).toBeVisible()

  await dialog(page).getByRole('button', { name: 'Undo' }).click()
  await expect(dialog(page).getByText('Undone: ada@example.com is there again')).toBeVisible({ timeout: 20_000 })
  await expect(dialog(page)).toContainText('Every byte is as it was.')
  expect(app.readHomeFile(FILE)).toBe(before)
  expect(pageLoads()).toBe(0)
  expect(fake.ledger.count('claude.refresh')).toBe(0)
})

test('when the CLI names somebody else, everything is put back by itself', async ({
  page,
  app,
  fake,
  expectedConsole,
}) => {
  expectedConsole.push(/409 \(Conflict\)/)
  app.writeHomeFile(FILE, '{"mcpOauth":{"kept":true}}')
  await addPair(app, fake, 'brook')
  await signInToDashboard(page, app)
  await row(page, 'brook@example.com')
    .getByRole('link', { name: /^Activate/ })
    .first()
    .click()
  await dialog(page).getByRole('button', { name: 'Activate' }).click()
  await expect(dialog(page).getByRole('alert')).toContainText('mallory@example.com', { timeout: 20_000 })
  expect(app.readHomeFile(FILE)).toBe('{"mcpOauth":{"kept":true}}')
  await expect(row(page, 'brook@example.com').getByText('Dashboard', { exact: true })).toBeVisible()
})

test('a login that is held twice is refused with the reason', async ({ page, app, fake }) => {
  const ada = signInAs(fake.grants, fake.person('ada'))
  app.writeHomeFile(FILE, claudeCredentialsJson(ada))
  app.writeHomeFile('.claude.json', claudeJson(ada.family))
  const taken = await app.api('POST', '/api/imports', { provider: 'claude', mode: 'take_over' })
  const { id } = taken.body as { id: string }
  const refused = await app.api('POST', `/api/accounts/${id}/activation`, {})
  expect(refused).toMatchObject({ status: 409, body: { code: 'activation_conflict' } })
  await signInToDashboard(page, app)
  await page.goto(`${app.origin}/accounts/${id}/activations/new`)
  await expect(page.getByRole('alert')).toContainText('held twice')
  await expect(page.getByRole('button', { name: 'Activate' })).toHaveCount(0)
})

test('what is done in the CLI by hand shows here: a renewal, a sign-in, another account, a sign-out', async ({
  page,
  app,
  fake,
}) => {
  const ada = signInAs(fake.grants, fake.person('ada'))
  app.writeHomeFile('.claude.json', claudeJson(ada.family))
  app.writeHomeFile(FILE, claudeCredentialsJson(ada))
  const { body } = await app.api('POST', '/api/imports', { provider: 'claude', mode: 'link' })
  const id = (body as { id: string }).id
  const hows = async () => {
    const lineage = await app.api('GET', `/api/accounts/${id}/lineage`)
    return (lineage.body as { generations: { how: string }[] }).generations.map(({ how }) => how)
  }
  await signInToDashboard(page, app)
  const running = page.getByRole('region', { name: 'Running now' })
  await expect(running).toContainText('ada@example.com')
  await expect(row(page, 'ada@example.com').getByText('in claude now')).toBeVisible()

  const renewed = fake.grants.refresh(ada.pair.refreshToken ?? '', ada.family.clientId)
  if (typeof renewed === 'string') throw new Error(renewed)
  app.writeHomeFile(FILE, claudeCredentialsJson(renewed))
  await expect.poll(hows).toEqual(['adopted', 'linked'])
  // Signed in again as the same person: a login of its own, of the same account.
  app.writeHomeFile(FILE, claudeCredentialsJson(signInAs(fake.grants, fake.person('ada'))))
  await expect.poll(hows).toEqual(['adopted', 'adopted', 'linked'])

  const brook = signInAs(fake.grants, fake.person('brook'))
  app.writeHomeFile('.claude.json', claudeJson(brook.family))
  app.writeHomeFile(FILE, claudeCredentialsJson(brook))
  await expect(running).toContainText('brook@example.com')
  await expect(row(page, 'ada@example.com').getByText('in claude now')).toHaveCount(0)
  expect(await hows()).toHaveLength(3)
  const found = await app.api('GET', '/api/imports/candidates')
  expect(JSON.stringify(found.body)).toContain('brook@example.com')
  await running.getByRole('link', { name: 'Add it brook@example.com' }).click()
  await expect(dialog(page)).toContainText('brook@example.com')
  await dialog(page).getByRole('button', { name: 'Close' }).click()

  app.writeHomeFile(FILE, '{"claudeAiOauth":{"accessToken":"","refreshToken":"","expiresAt":0,"scopes":[]}}')
  await expect(running.getByText('brook@example.com')).toHaveCount(0)
  expect(fake.ledger.count('claude.refresh')).toBe(0)
})

test('with the keyboard: a activates, u lists what can be undone', async ({ page, app, fake }) => {
  await addPair(app, fake, 'carol')
  await signInToDashboard(page, app)
  await row(page, 'carol@example.com').getByRole('link', { name: 'carol@example.com', exact: true }).focus()
  await page.keyboard.press('a')
  await expect(dialog(page).getByRole('button', { name: 'Activate' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(dialog(page).getByText('Verified as carol@example.com')).toBeVisible({ timeout: 20_000 })
  await page.keyboard.press('Escape')
  await expect(page.getByRole('region', { name: 'Running now' })).toContainText('carol@example.com')
  await page.keyboard.press('u')
  await expect(dialog(page)).toContainText('Switches of the last 30 days')
  await expect(dialog(page).getByRole('button', { name: 'Undo the switch to carol@example.com' })).toBeFocused()
})

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false })

  test('an account is activated and given back by ordinary forms', async ({ page, app, fake }) => {
    const { id } = await addPair(app, fake, 'carol')
    await page.goto(app.origin)
    await page.getByLabel('API token').fill(readFileSync(join(app.home, 'api-token'), 'utf8').trim())
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page
      .getByRole('link', { name: /^Activate/ })
      .first()
      .click()
    await page.getByRole('button', { name: 'Activate' }).click()
    await expect(page.getByText('Verified as carol@example.com').first()).toBeVisible()
    await page.goto(`${app.origin}/accounts/${id}/deactivations/new`)
    await page.getByRole('button', { name: 'Take the login out' }).click()
    await expect(page.getByText('The place is empty.').first()).toBeVisible()
  })
})
