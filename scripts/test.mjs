/**
 * `npm test`: installs what is missing (a browser included), then type check, lint, unit and integration tests, the shortened
 * torture, the real CLIs where they can be had, and browser tests.
 * Goes through all of them even when one fails, and ends with one line of counts.
 */

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bunPath, installPackages, ROOT } from './install.mjs'
import { BROWSER_TESTS, CHECKS, PEERS, runStep, TORTURE, UNIT_TESTS } from './steps.mjs'

installPackages()
installBrowser()

const directory = mkdtempSync(join(tmpdir(), 'tokendeck-test-'))
const total = { passed: 0, failed: 0 }
/** What failed and why, said once more at the end, where one looks first. */
const failures = []
/** What passed only the second time. It is named, so that its cause is looked for. */
const unsteady = []
/** What could not be tried here, and why. */
const skipped = []

installKeyringLibrary()

for (const step of CHECKS) add(step, runStep(step) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 })
for (const step of [UNIT_TESTS, TORTURE, PEERS, BROWSER_TESTS]) {
  const counts = join(directory, `${step[0]}.json`)
  const isFine = runStep(step, { TOKENDECK_COUNTS: counts })
  const counted = existsSync(counts) ? JSON.parse(readFileSync(counts, 'utf8')) : { passed: 0, failed: 0 }
  if (counted.skipped) skipped.push(`${step[0]} not tried: ${counted.skipped}`)
  // A run that broke off before it counted anything has failed all the same.
  add(step, !isFine && counted.failed === 0 ? { ...counted, failed: 1 } : counted)
}

rmSync(directory, { recursive: true, force: true })
for (const test of unsteady) process.stdout.write(`\n! only the second time: ${test}\n`)
for (const failure of failures) process.stdout.write(`\n✗ ${failure}\n`)
process.stdout.write(`\n${skipped.map((why) => `${why}\n`).join('')}${total.passed} passed, ${total.failed} failed\n`)
process.exit(total.failed === 0 ? 0 : 1)

function add([name], { passed, failed, failures: known = [], unsteady: again = [] }) {
  total.passed += passed
  total.failed += failed
  unsteady.push(...again.map((test) => `${name}: ${test}`))
  if (failed > 0) failures.push(...(known.length > 0 ? known : ['see above']).map((failure) => `${name}: ${failure}`))
}

/** Debian's own Chromium when this is root on Debian, else the one that Playwright brings; nothing when there is one. */
function installBrowser() {
  const known = [
    process.env.CHROMIUM_PATH,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome-stable',
  ]
  if (known.some((path) => path && existsSync(path))) return
  const own = spawnSync(bunPath(), ['-e', "console.log(require('playwright').chromium.executablePath())"], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  if (own.status === 0 && existsSync(own.stdout.trim())) return
  process.stdout.write('tokendeck: installing a browser (once)…\n')
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env })
    if (
      spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
        stdio: 'inherit',
        env,
      }).status === 0
    )
      return
  }
  spawnSync(bunPath(), ['--bun', 'node_modules/playwright/cli.js', 'install', 'chromium'], {
    cwd: ROOT,
    stdio: 'inherit',
  })
}

/** What speaks to keyrings on Linux: Debian's own when this is root on Debian. Without it the tests say what they left out. */
function installKeyringLibrary() {
  const load =
    "require('bun:ffi').dlopen('libsecret-1.so.0', { secret_service_get_type: { args: [], returns: 'u64' } })"
  const isThere = () => spawnSync(bunPath(), ['-e', load], { stdio: 'ignore' }).status === 0
  if (process.platform !== 'linux' || isThere()) return
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    process.stdout.write('tokendeck: installing the keyring library (once)…\n')
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env })
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'libsecret-1-0'], {
      stdio: 'inherit',
      env,
    })
  }
  if (!isThere()) skipped.push('K4 not tried: libsecret-1.so.0 cannot be had here.')
}
