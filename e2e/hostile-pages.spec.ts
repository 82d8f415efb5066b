/** What hostile pages and hostile text try in a real browser: other sites, other ports of localhost, injected elements. */

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AppProcess } from './app-process.ts'
import { expect, test } from './fixtures.ts'

let hostile: Server
let html = ''

test.beforeAll(async () => {
  hostile = createServer((_, response) => response.setHeader('content-type', 'text/html').end(html))
  await new Promise<void>((resolve) => hostile.listen(0, '127.0.0.1', resolve))
})
test.afterAll(() => new Promise<void>((resolve) => void hostile.close(() => resolve())))

const hostileAt = (host: string) => `http://${host}:${(hostile.address() as AddressInfo).port}/`

async function addAccount(app: AppProcess, label: string): Promise<string> {
  const token = { provider: 'claude', kind: 'setup_token', access_token: 'sk-ant-oat01-FAKE-0001', label }
  return (await app.api('POST', '/api/accounts', token)).body.id
}

for (const host of ['127.0.0.1', 'localhost']) {
  test(`a page on another port of ${host} can neither act, read nor frame, and may link`, async ({
    dashboard,
    app,
    expectedConsole,
  }) => {
    expectedConsole.push(/./)
    const id = await addAccount(app, 'Kept')
    html = `<form method="post" action="${app.origin}/accounts/${id}/removals"><button>go</button></form>
      <iframe src="${app.origin}/"></iframe><script src="${app.origin}/api/accounts"></script><a href="${app.origin}/settings">link</a>`
    await dashboard.goto(hostileAt(host))
    const reads = await dashboard.evaluate(async (origin) => {
      const attempt = (path: string, init: RequestInit) =>
        fetch(origin + path, init)
          .then((answer) => `${answer.type} ${answer.status}`)
          .catch(() => 'failed')
      return await Promise.all([
        attempt('/api/accounts', { credentials: 'include' }),
        attempt('/api/accounts', { credentials: 'include', mode: 'no-cors' }),
        attempt('/events', { credentials: 'include' }),
        attempt('/api/login-links', { method: 'POST', credentials: 'include', body: '{}', mode: 'no-cors' }),
      ])
    }, app.origin)
    expect(reads.filter((read) => / 2\d\d$/.test(read))).toEqual([])
    await expect(dashboard.frameLocator('iframe').getByText('Kept')).toHaveCount(0)

    await dashboard.getByRole('button', { name: 'go' }).click()
    await expect(dashboard.getByRole('heading', { name: 'Refused: this came from another site' })).toBeVisible()
    expect((await app.api('GET', `/api/accounts/${id}`)).status).toBe(200)

    await dashboard.goto(hostileAt(host))
    await dashboard.getByRole('link', { name: 'link' }).click()
    await expect(dashboard).toHaveURL(`${app.origin}/settings`)
    await expect(dashboard.getByRole('heading', { name: 'Settings' })).toBeVisible()
  })
}

test('an element that was smuggled in sends nothing and runs nothing', async ({ dashboard, app, expectedConsole }) => {
  expectedConsole.push(/hx-csp|Content Security Policy|Trusted(?:HTML|Script)/i)
  const id = await addAccount(app, 'Kept')
  const requests: string[] = []
  dashboard.on('request', (request) => requests.push(`${request.method()} ${new URL(request.url()).pathname}`))
  const outcome = await dashboard.evaluate((account) => {
    const page = globalThis as unknown as { htmx: { process(element: Element): void }; owned?: boolean }
    const button = document.createElement('button')
    button.setAttribute('hx-post', `/accounts/${account}/removals`)
    button.setAttribute('hx-trigger', 'load')
    document.body.append(button)
    page.htmx.process(button)
    const script = document.createElement('script')
    let isScriptTextRefused = false
    try {
      script.textContent = 'globalThis.owned = true'
    } catch {
      isScriptTextRefused = true
    }
    document.body.append(script)
    let isMarkupRefused = false
    try {
      document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="globalThis.owned = true">')
    } catch {
      isMarkupRefused = true
    }
    return {
      isStripped: !button.hasAttribute('hx-post'),
      isScriptTextRefused,
      isMarkupRefused,
      owned: page.owned ?? false,
    }
  }, id)
  expect(outcome).toEqual({ isStripped: true, isScriptTextRefused: true, isMarkupRefused: true, owned: false })
  // What `load` would have sent at once goes out before what is asked for two pictures later.
  await dashboard.evaluate(async () => {
    for (let frame = 0; frame < 2; frame++) await new Promise((resolve) => requestAnimationFrame(resolve))
    await fetch('/healthz')
  })
  expect(requests.filter((request) => request.startsWith('POST'))).toEqual([])
})

test('hostile text of an account is shown as text, also when it arrives live', async ({ dashboard, app }) => {
  const label = '<img src=x onerror=alert(1)><button hx-post="/sign-out" hx-trigger="load">'
  await addAccount(app, label)
  await expect(dashboard.getByText(label)).toBeVisible()
  await expect(dashboard.locator('main img')).toHaveCount(0)
})
