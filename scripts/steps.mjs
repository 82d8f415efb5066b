/** Steps of `npm run check` and `npm test`: name, command, and a time beside each. Stops at the first that fails. */

import { spawnSync } from 'node:child_process'
import { bunPath, ROOT } from './install.mjs'

/** The checks in the order in which a failure is cheapest. Each is a name and the arguments for Bun. */
export const CHECKS = [
  ['lock', ['scripts/check-lock.mjs']],
  ['lint', ['--bun', 'node_modules/@biomejs/biome/bin/biome', 'check']],
  ['types', ['node_modules/typescript/bin/tsc', '-p', '.']],
]

/** Unit and integration tests; the reporter adds the counts to a file that `npm test` sums up. */
export const UNIT_TESTS = [
  'unit and integration tests',
  ['--bun', 'node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=./scripts/count-reporter.mjs'],
]

/** What a login withstands, shortened: kills, races, stops, lost answers, full disks, clocks. */
export const TORTURE = ['torture, shortened', ['torture/main.ts', '--short']]

/**
 * The real CLIs, in a place without a network. Only where they are installed already, unless TOKENDECK_PEERS_WITHIN says how
 * many seconds an installation may take; elsewhere it says why it did not run.
 */
export const PEERS = ['the real CLIs', ['peers/main.ts', '--within', process.env.TOKENDECK_PEERS_WITHIN ?? '0']]

/** Journeys in a real browser. */
export const BROWSER_TESTS = ['browser tests', ['--bun', 'node_modules/playwright/cli.js', 'test']]

/** Runs one step; true when it passed. */
export function runStep([name, args], env = {}) {
  const startedAt = performance.now()
  process.stdout.write(`\n▸ ${name}\n`)
  const result = spawnSync(bunPath(), ['--no-env-file', ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  })
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  process.stdout.write(`  ${name}: ${result.status === 0 ? 'passed' : 'FAILED'} in ${seconds} s\n`)
  return result.status === 0
}
