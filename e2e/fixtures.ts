/**
 * What every journey is given: the program in a process of its own, a fake provider it is pointed at, and a page on which
 * any console error, page error or CSP report fails the test.
 */

import { test as base, expect, type Page } from 'playwright/test'
import { createFakeProvider, type FakeProvider, type FakeProviderOptions } from '../src/testing/fake-provider.ts'
import { fakeProviderConfigToml } from '../src/testing/fake-provider-config.ts'
import type { ServedApp } from '../src/testing/serve-on-loopback.ts'
import { type AppOptions, type AppProcess, startApp } from './app-process.ts'

export { expect } from 'playwright/test'
export { holdPort } from './app-process.ts'

export interface ServedFakeProvider extends FakeProvider {
  origin: string
}

interface Fixtures {
  /** Rules of the fake provider: `test.use({ providerOptions: … })`. */
  providerOptions: FakeProviderOptions
  appOptions: AppOptions
  fake: ServedFakeProvider
  /** The config.toml that the program starts with: pointed at the fake provider unless a journey says otherwise. */
  configToml: string
  app: AppProcess
  /** Console lines that this test expects; the rest fail it. */
  expectedConsole: RegExp[]
  /** The page, signed in to the dashboard, on the accounts page. */
  dashboard: Page
  /** Counts documents loaded by the page since the last call. */
  pageLoads: () => number
}

export const test = base.extend<Fixtures>({
  providerOptions: [{}, { option: true }],
  appOptions: [{}, { option: true }],

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures wanted from this pattern
  expectedConsole: async ({}, use) => {
    await use([])
  },

  fake: async ({ providerOptions }, use) => {
    const fake = createFakeProvider(providerOptions)
    const served: ServedApp = await fake.serve()
    await use(Object.assign(fake, { origin: served.origin }))
    await served.close()
  },

  configToml: async ({ fake }, use) => {
    await use(fakeProviderConfigToml(fake.origin))
  },

  app: async ({ configToml, appOptions }, use, testInfo) => {
    const app = await startApp({ config: configToml, ...appOptions })
    await use(app)
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('program output', { body: app.output(), contentType: 'text/plain' })
    }
    await app.dispose()
  },

  // The program is named so that it outlives the page: one that is gone would leave errors of its own on the console.
  page: async ({ page, app: _app, expectedConsole, javaScriptEnabled }, use) => {
    const unexpected: string[] = []
    if (javaScriptEnabled !== false) waitForScripts(page)
    watchPage(page, unexpected, expectedConsole)
    page.context().on('page', (other) => watchPage(other, unexpected, expectedConsole))
    await use(page)
    expect(unexpected, 'errors on the console or in the page').toEqual([])
    await page.context().close()
  },

  dashboard: async ({ page, app }, use) => {
    await signInToDashboard(page, app)
    await use(page)
  },

  pageLoads: async ({ page }, use) => {
    let loads = 0
    page.on('domcontentloaded', () => {
      loads += 1
    })
    await use(() => {
      const seen = loads
      loads = 0
      return seen
    })
  },
})

/** Follows the one-time link and waits for the accounts page. */
export async function signInToDashboard(page: Page, app: AppProcess): Promise<void> {
  await page.goto(app.link)
  await expect(page.getByRole('navigation').first()).toBeVisible()
  await scriptsReady(page)
}

/**
 * Waits until the page's scripts have bound its controls, a timer after it has loaded: what is pressed or clicked earlier
 * follows the plain link, as without scripts.
 */
function scriptsReady(page: Page): Promise<void> {
  return expect(page.locator('[data-shortcut="?"]:not([data-htmx-powered])'), 'controls not bound').toHaveCount(0)
}

/** Lets every `goto` of a page wait for its scripts. */
function waitForScripts(page: Page): void {
  const goto = page.goto.bind(page)
  page.goto = async (...destination) => {
    const response = await goto(...destination)
    await scriptsReady(page)
    return response
  }
}

function watchPage(page: Page, unexpected: string[], expected: RegExp[]): void {
  const note = (line: string) => {
    if (!expected.some((pattern) => pattern.test(line))) unexpected.push(line)
  }
  page.on('pageerror', (error) => note(`page error: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return
    note(`console ${message.type()}: ${message.text()} (${message.location().url})`)
  })
}
