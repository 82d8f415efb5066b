#!/usr/bin/env node
/** The `tokendeck` command: hands everything to Bun, which npm installed beside it, from whatever directory it is called in. */

import { spawnSync } from 'node:child_process'
import { bunPath, installPackages, ROOT } from '../scripts/install.mjs'

installPackages()
const program = ['--no-env-file', `--tsconfig-override=${ROOT}/tsconfig.json`, `${ROOT}/src/command-line/main.ts`]
const result = spawnSync(bunPath(), [...program, ...process.argv.slice(2)], { stdio: 'inherit' })
process.exitCode = result.status ?? 1
