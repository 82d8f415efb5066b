/** The first minutes: a link from the terminal, an empty page that knows what is on the machine, the ways in and out. */

import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, signInToDashboard, test } from './fixtures.ts'

test('the one-time link signs in once and leaves no secret in the address', async ({ page, app, browser }) => {
  await signInToDashboard(page, app)
  expect(page.url()).toBe(`${app.origin}/`)
  await expect(page.getByText('No account yet')).toBeVisible()
  await expect(page.getByText('No login of a coding CLI or another tool was found on this machine.')).toBeVisible()

  const stranger = await browser.newContext()
  const other = await stranger.newPage()
  await other.goto(app.link)
  await expect(other.getByText('This link was used already or is too old.')).toBeVisible()
  await stranger.close()
})

test('the link also works in a tab that shows the sign-in page already', async ({ page, app }) => {
  await page.goto(`${app.origin}/sign-in`)
  await expect(page.getByRole('heading', { name: 'Sign in to Tokendeck' })).toBeVisible()
  await signInToDashboard(page, app)
})

test('without a session every page leads to the sign-in page', async ({ page, app }) => {
  for (const path of ['/', '/settings', '/authorizations/new', '/accounts/acc_0']) {
    await page.goto(app.origin + path)
    await expect(page.getByRole('heading', { name: 'Sign in to Tokendeck' })).toBeVisible()
  }
})

test('the API token opens the dashboard, a wrong one does not, and signing out closes it', async ({
  page,
  app,
  expectedConsole,
}) => {
  expectedConsole.push(/status of 403/)
  await page.goto(app.origin)
  await page.getByLabel('API token').fill('not-the-token')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('This token is not right.')).toBeVisible()

  await page.getByLabel('API token').fill(readFileSync(join(app.home, 'api-token'), 'utf8'))
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()

  await page.goto(`${app.origin}/settings`)
  await page
    .getByRole('button', { name: /^Sign out/ })
    .first()
    .click()
  await expect(page.getByRole('heading', { name: 'Sign in to Tokendeck' })).toBeVisible()
  await page.goto(app.origin)
  await expect(page.getByRole('heading', { name: 'Sign in to Tokendeck' })).toBeVisible()
})

test('a session outlives a restart, and the files are for their owner only', async ({
  dashboard,
  app,
  expectedConsole,
}) => {
  expectedConsole.push(
    /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE|network error|htmx:sse:error/i,
  )
  await app.restart()
  await dashboard.reload()
  await expect(dashboard.getByRole('navigation', { name: 'Main' })).toBeVisible()
  expect(statSync(app.home).mode & 0o077).toBe(0)
  expect(statSync(join(app.home, 'api-token')).mode & 0o077).toBe(0)
})

test('the program ends with code 0 when it is told to', async ({ app }) => {
  expect(await app.stop()).toBe(0)
})
