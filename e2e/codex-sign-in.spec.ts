/** Signing in to Codex: the callback on its own listener, and every way round it. */

import { expect, holdPort, test } from './fixtures.ts'
import { addPair, beginSignIn, deviceCode, dialog, openProvider, providerAddress, row } from './steps.ts'

const GRACE = 'Continue as Grace Example at Grace Works'

test('the browser comes back by itself, and the account appears without a reload', async ({
  dashboard,
  app,
  fake,
  pageLoads,
}) => {
  pageLoads()
  await beginSignIn(dashboard, 'Codex', 'In this browser')
  await expect(dialog(dashboard).getByText(`Ready for the answer on port ${app.callbackPorts[0]}`)).toBeVisible()
  const tab = await openProvider(dashboard)
  await tab.getByRole('button', { name: GRACE }).click()
  await expect(tab.getByRole('heading', { name: 'grace@example.com is signed in' })).toBeVisible()
  expect(tab.url()).not.toContain('code=')
  await expect(dialog(dashboard).getByText('Signed in as grace@example.com')).toBeVisible()
  await dashboard.keyboard.press('Escape')
  await expect(row(dashboard, 'grace@example.com').getByText('Valid')).toBeVisible()
  expect(pageLoads()).toBe(0)
  expect(fake.ledger.count('codex.exchange', 'granted')).toBe(1)
  // The listener is there for the sign-in only.
  await expect.poll(() => answers(app.callbackPorts[0]!), { timeout: 15_000 }).toBe(false)
})

test('whoever denies at the provider is told so, and nothing is added', async ({ dashboard, fake }) => {
  await beginSignIn(dashboard, 'Codex', 'In this browser')
  const tab = await openProvider(dashboard)
  await tab.getByRole('button', { name: 'Deny' }).click()
  await expect(tab.getByRole('heading', { name: 'You did not allow the sign-in' })).toBeVisible()
  await expect(dialog(dashboard).getByText('Sign-in was declined')).toBeVisible()
  expect(fake.ledger.count('codex.exchange')).toBe(0)
})

test('a forged answer changes nothing, and the sign-in goes on waiting', async ({
  dashboard,
  app,
  fake,
  context,
  expectedConsole,
}) => {
  expectedConsole.push(/status of 4\d\d/)
  await beginSignIn(dashboard, 'Codex', 'In this browser')
  const tab = await openProvider(dashboard)
  const forged = await context.newPage()
  await forged.goto(
    `http://localhost:${app.callbackPorts[0]}/auth/callback?code=ac_FAKE-forged&state=${'x'.repeat(43)}`,
  )
  await expect(forged.getByRole('heading')).toContainText('belongs to no sign-in that is waiting')
  expect(fake.ledger.count('codex.exchange')).toBe(0)
  await tab.getByRole('button', { name: GRACE }).click()
  await expect(dialog(dashboard).getByText('Signed in as grace@example.com')).toBeVisible()
})

test('the address on which a browser elsewhere ended can be pasted', async ({ dashboard, fake }) => {
  await beginSignIn(dashboard, 'Codex', 'In this browser')
  const { redirectedTo } = await fake.consent(await providerAddress(dashboard), 'grace')
  await dashboard.getByText('My browser is on another machine').click()
  await dashboard.getByLabel('Code or address').fill(`  ${redirectedTo!.href}\n`)
  await dashboard.getByRole('button', { name: 'Finish sign-in' }).click()
  await expect(dialog(dashboard).getByText('Signed in as grace@example.com')).toBeVisible()
})

test('a device code finishes without any callback', async ({ dashboard, fake, app, context }) => {
  await addPair(app, fake, 'hopper')
  await dashboard.reload()
  await beginSignIn(dashboard, 'Codex', 'With a device code')
  const code = await deviceCode(dashboard)
  const phone = await context.newPage()
  await phone.goto(`${fake.origin}/codex/codex/device`)
  await phone.getByLabel('Code').fill(code)
  await phone.getByRole('button', { name: GRACE }).click()
  await expect(phone.getByRole('heading', { name: 'Device connected' })).toBeVisible()
  await expect(dialog(dashboard).getByText('Signed in as grace@example.com')).toBeVisible({ timeout: 12_000 })
})

test('when both ports are taken the dialog says so and goes on another way', async ({ dashboard, app }) => {
  const letGo = await Promise.all(app.callbackPorts.map((port) => holdPort(port)))
  await beginSignIn(dashboard, 'Codex', 'In this browser')
  await expect(dialog(dashboard).getByText('The callback ports are in use:')).toBeVisible()
  await expect(dialog(dashboard).getByText(new RegExp(String(app.callbackPorts[0])))).toBeVisible()
  await expect(dialog(dashboard).getByText(/^Your code: ..../)).toBeVisible()
  await Promise.all(letGo.map((release) => release()))
})

test('when the first port is taken the second one is used', async ({ dashboard, app }) => {
  const letGo = await holdPort(app.callbackPorts[0]!)
  await beginSignIn(dashboard, 'Codex', 'In this browser')
  await expect(dialog(dashboard).getByText(`Ready for the answer on port ${app.callbackPorts[1]}`)).toBeVisible()
  const tab = await openProvider(dashboard)
  await tab.getByRole('button', { name: GRACE }).click()
  await expect(dialog(dashboard).getByText('Signed in as grace@example.com')).toBeVisible()
  await letGo()
})

test('one person with two workspaces is two accounts', async ({ dashboard }) => {
  for (const [rows, button] of [GRACE, 'Continue as Grace Example at Harbour Systems'].entries()) {
    // How a sign-in begins differs once there is an account: not before the page shows it.
    await expect(row(dashboard, 'grace@example.com')).toHaveCount(rows)
    await beginSignIn(dashboard, 'Codex', 'In this browser')
    const tab = await openProvider(dashboard)
    await tab.getByRole('button', { name: button }).click()
    await expect(dialog(dashboard).getByText('Signed in as grace@example.com')).toBeVisible()
    await dashboard.keyboard.press('Escape')
    await tab.close()
  }
  await expect(row(dashboard, 'grace@example.com')).toHaveCount(2)
})

test('news that comes twice is asked for once, and the answer that comes late opens no closed dialog', async ({
  dashboard,
  context,
}) => {
  const asked: string[] = []
  let answer = Promise.resolve()
  await dashboard.route('**/authorizations/*/status', async (route) => {
    asked.push(route.request().url())
    await answer
    // One that was given up meanwhile cannot be answered.
    await route.continue().catch(() => {})
  })
  const tell = (times: number) =>
    dashboard.locator('.authorization-status').evaluate((element, count) => {
      for (let index = 0; index < count; index++)
        document.body.dispatchEvent(new Event(element.id.replace('authorization_', 'authorization-')))
    }, times)
  const hold = () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    answer = promise
    // What the page asked by itself before does not count.
    asked.length = 0
    return resolve
  }

  await beginSignIn(dashboard, 'Codex', 'In this browser')
  const tab = await openProvider(dashboard)
  const release = hold()
  await tell(3)
  await expect.poll(() => asked.length).toBe(1)
  await tab.getByRole('button', { name: GRACE }).click()
  await expect(tab.getByRole('heading', { name: 'grace@example.com is signed in' })).toBeVisible()
  release()
  await expect(dialog(dashboard).getByText('Signed in as grace@example.com')).toBeVisible()
  await dashboard.keyboard.press('Escape')
  await expect(row(dashboard, 'grace@example.com')).toHaveCount(1)
  expect(asked.length).toBe(1)

  await beginSignIn(dashboard, 'Codex', 'In this browser')
  const late = hold()
  await tell(2)
  await expect.poll(() => asked.length).toBe(1)
  await dashboard.keyboard.press('Escape')
  await expect(dialog(dashboard)).toBeHidden()
  late()
  // The page is asked something else, so that a late answer would have come before.
  await (await context.newPage()).goto(dashboard.url())
  await expect(dialog(dashboard)).toBeHidden()
  expect(asked.length).toBe(1)
})

test('cancelling closes the listener; a double click begins one sign-in', async ({ dashboard, app }) => {
  await dashboard.getByRole('button', { name: /Sign in with Codex$/ }).dblclick()
  await expect(dialog(dashboard).getByText('Ready for the answer on port')).toBeVisible()
  await dialog(dashboard).getByRole('button', { name: 'Cancel' }).click()
  await expect(dialog(dashboard)).toBeHidden()
  await expect.poll(() => answers(app.callbackPorts[0]!)).toBe(false)
})

async function answers(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${port}/`)
    return true
  } catch {
    return false
  }
}
