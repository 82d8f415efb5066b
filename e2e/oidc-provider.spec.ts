/** The whole flow against an authorization server that this project did not write, through a real browser. */

import { type OidcAuthorizationServer, startOidcAuthorizationServer } from '../src/testing/oidc-authorization-server.ts'
import { test as base, expect } from './fixtures.ts'
import { beginSignIn, dialog, openProvider, row, signInAgainLink } from './steps.ts'

const test = base.extend<{ server: OidcAuthorizationServer }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures wanted from this pattern
  server: async ({}, use) => {
    const server = await startOidcAuthorizationServer()
    await use(server)
    await server.close()
  },
  configToml: async ({ server }, use) => {
    await use(server.configToml())
  },
})

test('signs in with PKCE, refreshes by button, and shows a revoked family as "sign in again"', async ({
  dashboard,
  server,
}) => {
  await beginSignIn(dashboard, 'Codex', 'In this browser')
  const tab = await openProvider(dashboard)
  await tab.getByRole('button', { name: 'Continue as Grace Example at Grace Works' }).click()
  await expect(tab.getByRole('heading', { name: 'grace@example.com is signed in' })).toBeVisible()
  await expect(dialog(dashboard).getByText('Signed in as grace@example.com')).toBeVisible()
  await dashboard.keyboard.press('Escape')

  const refresh = dashboard.getByRole('button', { name: 'Refresh grace@example.com' })
  await refresh.click()
  await expect(row(dashboard, 'grace@example.com').getByText('Refreshed. The new login was saved.')).toBeVisible()
  expect(server.events.filter((event) => event === 'refresh_token.consumed')).toHaveLength(1)

  // Somebody spends an old copy: the server takes the whole family back.
  expect(await server.replayFirstRefreshToken()).toBe('invalid_grant')
  expect(server.events).toContain('grant.revoked')
  // Two presses within two seconds mean one refresh, so the next one waits for them to pass.
  await expect(async () => {
    await refresh.click()
    await expect(signInAgainLink(dashboard, 'grace@example.com')).toBeVisible({ timeout: 2_500 })
  }).toPass()
  expect(server.tokenAnswers).toEqual(['granted', 'granted', 'invalid_grant', 'invalid_grant'])
})
