/** Steps that several journeys share, in the words a person sees. */

import type { Locator, Page } from 'playwright/test'
import { signInAs } from '../src/testing/fake-tokens.ts'
import type { AppProcess } from './app-process.ts'
import { expect, type ServedFakeProvider } from './fixtures.ts'

/** The row of an account, by the name it is known by. */
export function row(page: Page, name: string): Locator {
  return page.getByRole('list', { name: 'All accounts' }).getByRole('listitem').filter({ hasText: name })
}

/** The link that leads to signing in again, in an account's row. */
export function signInAgainLink(page: Page, name: string): Locator {
  return row(page, name).getByRole('link', { name: /^Sign in again/ })
}

/** The code that the dialog shows for another device. */
export async function deviceCode(page: Page): Promise<string> {
  const shown = await dialog(page).getByText(USER_CODE).textContent()
  return USER_CODE.exec(shown ?? '')?.[1] ?? ''
}

const USER_CODE = /^Your code: ([0-9A-F]{4}-[0-9A-F]{4})$/

export function dialog(page: Page): Locator {
  return page.getByRole('dialog')
}

/** Begins a sign-in: by the page's own button where there is no account yet, else through the dialog of all ways. */
export async function beginSignIn(page: Page, provider: 'Claude' | 'Codex', way: string): Promise<void> {
  const add = page.getByRole('link', { name: 'Add account' })
  const first = page.getByRole('main').getByRole('button', { name: new RegExp(`Sign in with ${provider}$`) })
  await expect(add.or(first)).toBeVisible()
  if (await first.isVisible()) return first.click()
  await add.click()
  await dialog(page)
    .getByRole('button', { name: `Sign in with ${provider}: ${way}` })
    .click()
}

/** Follows the link to the provider, which opens a tab of its own. */
export async function openProvider(page: Page, from: Page | Locator = page): Promise<Page> {
  const opening = page.context().waitForEvent('page')
  await from.getByRole('link', { name: 'Open the sign-in page' }).click()
  const tab = await opening
  await tab.waitForLoadState()
  return tab
}

/** The address of the provider's page, as the dialog shows it. */
export async function providerAddress(page: Page): Promise<string> {
  const address = await page.getByRole('link', { name: 'Open the sign-in page' }).getAttribute('href')
  return address ?? ''
}

/** Adds an account in the dashboard's own custody without the walk through a browser. Gives its id. */
export async function addPair(
  app: AppProcess,
  fake: ServedFakeProvider,
  name: string,
  options: { label?: string; accessTokenLifetimeMs?: number; loginLifetimeMs?: number } = {},
): Promise<{ id: string; refreshToken: string; accessToken: string }> {
  const { label, ...lifetimes } = options
  const person = fake.person(name)
  const issue = signInAs(fake.grants, person, lifetimes)
  const { fakeIdToken } = await import('../src/testing/fake-tokens.ts')
  const added = await app.api('POST', '/api/accounts', {
    provider: person.provider,
    kind: 'token_pair',
    access_token: issue.pair.accessToken,
    refresh_token: issue.pair.refreshToken,
    ...(person.provider === 'codex' ? { id_token: fakeIdToken(issue) } : {}),
    expires_at: new Date(issue.pair.accessTokenExpiresAt).toISOString(),
    ...(label ? { label } : {}),
  })
  expect(added.body, 'the account is added').toMatchObject({ provider: person.provider })
  return { id: added.body.id, refreshToken: issue.pair.refreshToken ?? '', accessToken: issue.pair.accessToken }
}
