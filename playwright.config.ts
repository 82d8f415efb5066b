/** Journeys in a real browser: which browser, how many at once, and what counts as a failure. */

import { existsSync } from 'node:fs'
import { chromium, defineConfig } from 'playwright/test'

/** Where Chromium lies when Playwright has not brought its own. */
const KNOWN_PLACES = [
  process.env.CHROMIUM_PATH ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
]

/** How to start a Chromium: Playwright's own, else the machine's, else an installed Chrome. */
function browserLaunch(): { executablePath?: string; channel?: string } {
  if (existsSync(chromium.executablePath())) return {}
  const executablePath = KNOWN_PLACES.find((path) => path !== '' && existsSync(path))
  return executablePath ? { executablePath } : { channel: 'chrome' }
}

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  workers: 2,
  fullyParallel: true,
  // On a machine that somebody else keeps busy. What needed it is named at the end of `npm test`.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: true,
  timeout: 30_000,
  expect: { timeout: 10_000 },
  outputDir: 'node_modules/.cache/e2e',
  reporter: [['list'], ['./e2e/count-reporter.ts']],
  use: {
    browserName: 'chromium',
    headless: true,
    locale: 'en-US',
    timezoneId: 'UTC',
    colorScheme: 'light',
    reducedMotion: 'reduce',
    actionTimeout: 10_000,
    navigationTimeout: 10_000,
    screenshot: 'only-on-failure',
    launchOptions: {
      ...browserLaunch(),
      args: [
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
