/** `npm run screenshot`: draws the picture of the README from the demo, so that it shows what the program looks like now. */

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { chromium } from 'playwright'

const ROOT = resolve(import.meta.dirname, '..')
const demo = spawn(process.execPath, ['--no-env-file', 'scripts/demo.ts'], {
  cwd: ROOT,
  env: { ...process.env, TOKENDECK_NO_OPEN: '1', TOKENDECK_PORT: '0' },
  stdio: ['ignore', 'pipe', 'inherit'],
})
const link = await linkOf(demo.stdout)
const own = chromium.executablePath()
const browser = await chromium.launch({ executablePath: existsSync(own) ? own : '/usr/bin/chromium' })
try {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    deviceScaleFactor: 2,
    colorScheme: 'light',
  })
  await page.goto(link)
  await page.getByRole('heading', { name: 'Accounts' }).waitFor()
  await page.getByText(/^\d+ of \d+ shown$/).waitFor()
  await page.screenshot({ path: resolve(ROOT, 'docs/screenshot.png') })
} finally {
  await browser.close()
  demo.kill('SIGTERM')
}

/** The one-time link that the program prints. */
async function linkOf(output: AsyncIterable<Buffer>): Promise<string> {
  let text = ''
  for await (const chunk of output) {
    text += chunk.toString()
    const found = /http:\S+#t=\S+/.exec(text)
    if (found) return found[0]
  }
  throw new Error('The demo ended before it printed a link.')
}
