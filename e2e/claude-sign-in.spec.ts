/** Signing in to Claude: the rule first, then a pasted code with errors that say what is wrong; and the two other ways. */

import type { Page } from 'playwright/test'
import { claudeCredentialsJson, claudeJson, signInAs } from '../src/testing/fake-tokens.ts'
import { expect, test } from './fixtures.ts'
import { addPair, beginSignIn, dialog, openProvider, providerAddress, row } from './steps.ts'

const ADA = 'Continue as Ada Example at Ada Works'

/** Up to the dialog with the field, past the rule. */
async function beginPaste(page: Page): Promise<void> {
  await beginSignIn(page, 'Claude', 'Paste a code')
  await dialog(page).getByRole('button', { name: 'I understand' }).click()
  await expect(dialog(page).getByLabel('Code or address')).toBeFocused()
}

async function paste(page: Page, text: string): Promise<void> {
  await dialog(page).getByLabel('Code or address').fill(text)
  await dialog(page).getByRole('button', { name: 'Finish sign-in' }).click()
}

test('the rule is said once, the code is pasted, and the account appears without a reload', async ({
  dashboard,
  fake,
  pageLoads,
}) => {
  pageLoads()
  await beginSignIn(dashboard, 'Claude', 'Paste a code')
  await expect(dialog(dashboard).getByText('Since 22 August 2026')).toBeVisible()
  await expect(dialog(dashboard).getByRole('button', { name: 'Use a CLI-held profile' })).toBeVisible()
  expect(fake.ledger.entries).toEqual([])
  await dialog(dashboard).getByRole('button', { name: 'I understand' }).click()
  const tab = await openProvider(dashboard)
  await tab.getByRole('button', { name: ADA }).click()
  const code = await tab.locator('#code').textContent()
  await paste(dashboard, code!)
  await expect(dialog(dashboard).getByText('Signed in as ada@example.com')).toBeVisible()
  await dashboard.keyboard.press('Escape')
  const ada = row(dashboard, 'ada@example.com')
  await expect(ada.getByText('Ada Works')).toBeVisible()
  await expect(ada.getByText('max', { exact: true })).toBeVisible()
  expect(pageLoads()).toBe(0)

  await beginSignIn(dashboard, 'Claude', 'Paste a code')
  await expect(dialog(dashboard).getByLabel('Code or address')).toBeVisible()
})

test('the field says what is wrong as one types, and takes what terminals make of a code', async ({
  dashboard,
  fake,
}) => {
  await beginPaste(dashboard)
  const field = dialog(dashboard).getByLabel('Code or address')
  const { shown } = await fake.consent(await providerAddress(dashboard), 'ada')
  const [code = '', state = ''] = shown.split('#')
  await field.pressSequentially(code)
  await expect(dialog(dashboard).getByText('The part after # is missing.')).toBeVisible()
  await field.fill(`${code}#${'x'.repeat(43)}`)
  await expect(dialog(dashboard).getByText('This code is from another sign-in.')).toBeVisible()
  await field.fill(shown)
  await expect(dialog(dashboard).getByText('This looks complete.')).toBeVisible()
  await paste(dashboard, `\u001b[200~ ${code}#${state.slice(0, 20)}\n${state.slice(20)} `)
  await expect(dialog(dashboard).getByText('Signed in as ada@example.com')).toBeVisible()
})

test('a code of another sign-in is refused and not sent, and the right one still works', async ({
  dashboard,
  fake,
  expectedConsole,
}) => {
  expectedConsole.push(/status of 4\d\d/)
  await beginPaste(dashboard)
  const { shown } = await fake.consent(await providerAddress(dashboard), 'ada')
  await paste(dashboard, `FAKE-other-code#${'y'.repeat(43)}`)
  await expect(dialog(dashboard).getByRole('alert')).toBeVisible()
  expect(fake.ledger.count('claude.exchange')).toBe(0)
  await paste(dashboard, shown)
  await expect(dialog(dashboard).getByText('Signed in as ada@example.com')).toBeVisible()
})

test('a wrong code is refused by the provider, which is quoted', async ({ dashboard, fake, expectedConsole }) => {
  expectedConsole.push(/status of 4\d\d/)
  await beginPaste(dashboard)
  const { shown } = await fake.consent(await providerAddress(dashboard), 'ada')
  await paste(dashboard, `FAKE-wrong-code#${shown.split('#')[1]}`)
  await expect(
    dialog(dashboard)
      .getByText(/code is unknown/)
      .first(),
  ).toBeVisible()
  expect(fake.ledger.count('claude.exchange', 'invalid_grant')).toBe(1)
  await expect(row(dashboard, 'ada@example.com')).toHaveCount(0)
})

test.describe('with codes that live for a moment', () => {
  test.use({ providerOptions: { codeLifetimeMs: 1 } })

  test('a code that came too late is refused with a way to begin again', async ({
    dashboard,
    fake,
    expectedConsole,
  }) => {
    expectedConsole.push(/status of 4\d\d/)
    await beginPaste(dashboard)
    const { shown } = await fake.consent(await providerAddress(dashboard), 'ada')
    await paste(dashboard, shown)
    await expect(
      dialog(dashboard)
        .getByText(/code has expired/)
        .first(),
    ).toBeVisible()
    await expect(dialog(dashboard).getByRole('button', { name: 'Start again' })).toBeVisible()
  })
})

test('a sign-in that was left open too long is over, and begins again in one click', async ({
  dashboard,
  app,
  expectedConsole,
}) => {
  expectedConsole.push(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE|htmx:.*rror/i)
  await beginPaste(dashboard)
  const fieldId = await dialog(dashboard).getByLabel('Code or address').getAttribute('id')
  await app.restart('update authorizations set created_at = created_at - 600000, expires_at = expires_at - 600000')
  await dashboard.goto(`${app.origin}/authorizations/${fieldId!.replace('response_', '')}`)
  await expect(dashboard.getByText('The time for this sign-in is over')).toBeVisible()
  await dashboard.getByRole('button', { name: 'Start again' }).click()
  await expect(dashboard.getByLabel('Code or address')).toBeVisible()
})

test('capture on a free loopback port works too', async ({ dashboard, app, fake }) => {
  await addPair(app, fake, 'grace')
  await dashboard.reload()
  await beginSignIn(dashboard, 'Claude', 'In this browser')
  await dialog(dashboard).getByRole('button', { name: 'I understand' }).click()
  const tab = await openProvider(dashboard)
  await tab.getByRole('button', { name: ADA }).click()
  await expect(tab.getByRole('heading', { name: 'ada@example.com is signed in' })).toBeVisible()
  await expect(dialog(dashboard).getByText('Signed in as ada@example.com')).toBeVisible()
})

test('a CLI-held profile asks for no consent, gives the line to run, and notices the finished login', async ({
  dashboard,
  app,
  fake,
}) => {
  await addPair(app, fake, 'grace')
  await dashboard.reload()
  await beginSignIn(dashboard, 'Claude', 'Let the CLI sign in')
  const line = await dialog(dashboard)
    .getByText(/CLAUDE_CONFIG_DIR=.* claude auth login/)
    .textContent()
  const directory = /CLAUDE_CONFIG_DIR='?([^' ]+)'? /.exec(line!)![1]!
  expect(directory.startsWith(app.home)).toBe(true)
  const issue = signInAs(fake.grants, fake.person('brook'))
  const inHome = (name: string) => `../${directory.slice(app.home.length - 'tokendeck'.length)}/${name}`
  app.writeHomeFile(inHome('.claude.json'), claudeJson(issue.family))
  app.writeHomeFile(inHome('.credentials.json'), claudeCredentialsJson(issue))
  await expect(dialog(dashboard).getByText('Signed in as brook@example.com')).toBeVisible({ timeout: 15_000 })
  await dashboard.keyboard.press('Escape')
  await expect(row(dashboard, 'brook@example.com').getByText('CLI', { exact: true })).toBeVisible()
  expect(fake.ledger.count('claude.refresh')).toBe(0)
})
