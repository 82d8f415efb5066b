/** The whole flow against an authorization server that this project did not write, through a real browser. */

import { startOidcAuthorizationServer } from '../src/testing/oidc-authorization-server.ts'
import { startApp } from './app-process.ts'
import { expect, signInToDashboard, test } from './fixtures.ts'
import { beginSignIn, dialog, openProvider, row } from './steps.ts'

test('signs in with PKCE, refreshes by button, and shows a revoked family as "sign in again"', async ({ page }) => {
  const server = await startOidcAuthorizationServer()
  const app = await startApp({ config: server.configToml() })
  try {
    await signInToDashboard(page, app)
    await beginSignIn(page, 'Codex', 'In this browser')
    const tab = await openProvider(page)
    await tab.getByRole('button', { name: 'Continue as Grace Example at Grace Works' }).click()
    await expect(tab.getByRole('heading', { name: 'grace@example.com is signed in' })).toBeVisible()
    await page.keyboard.press('Escape')

    const refresh = page.getByRole('button', { name: 'Refresh grace@example.com' })
    await refresh.click()
    await expect(page.getByText('Refreshed. The new login was saved.')).toBeVisible()
    expect(server.events.filter((event) => event === 'refresh_token.consumed')).toHaveLength(1)

    expect(await server.replayFirstRefreshToken()).toBe('invalid_grant')
    expect(server.events).toContain('grant.revoked')
    await refresh.click()
    await expect(row(page, 'grace@example.com').getByRole('link', { name: /^Sign in again/ })).toBeVisible()
    await expect(dialog(page)).toBeHidden()
    expect(server.tokenAnswers).toEqual(['granted', 'granted', 'invalid_grant', 'invalid_grant'])
  } finally {
    await app.dispose()
    await server.close()
  }
})
