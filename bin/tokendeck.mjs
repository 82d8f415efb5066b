#!/usr/bin/env node
/** The `tokendeck` command: hands everything to Bun, which npm installed beside it, from whatever directory it is called in. */

import { spawnSync } from 'node:child_process'
import { bunPath, installPackages, ROOT } from '../scripts/install.mjs'

installPackages({ evenOutdated: false })
const program = [
  // Bun would take settings, and code to run before ours, from whatever directory this is called in.
  `--config=${ROOT}/bunfig.toml`,
  `--tsconfig-override=${ROOT}/tsconfig.json`,
  '--no-env-file',
  `${ROOT}/src/command-line/main.ts`,
]
const result = spawnSync(bunPath(), [...program, ...process.argv.slice(2)], { stdio: 'inherit' })
process.exitCode = result.status ?? 1
