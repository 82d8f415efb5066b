#!/usr/bin/env node
/** The `tokendeck` command: hands everything to Bun, which npm installed beside it, from whatever directory it is called in. */

import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { isatty } from 'node:tty'
import { bunPath, installPackages, ROOT } from '../scripts/install.mjs'

installPackages({ evenOutdated: false })
const program = [
  // Bun would take settings, and code to run before ours, from whatever directory this is called in.
  `--config=${ROOT}/bunfig.toml`,
  `--tsconfig-override=${ROOT}/tsconfig.json`,
  '--no-env-file',
  `${ROOT}/src/command-line/main.ts`,
]
const child = spawn(bunPath(), [...program, ...process.argv.slice(2)], { stdio: 'inherit' })
// Ctrl-C reaches everybody at the terminal by itself; told twice, a dashboard would end without waiting.
const told = ['SIGTERM', 'SIGHUP', 'SIGUSR2', 'SIGCONT', ...(isatty(0) ? [] : ['SIGINT', 'SIGQUIT'])]
for (const signal of told) process.on(signal, () => child.kill(signal))
if (isatty(0)) for (const signal of ['SIGINT', 'SIGQUIT']) process.on(signal, () => {})
child.on('exit', (code, signal) => {
  process.exitCode = signal === null ? (code ?? 1) : 128 + constants.signals[signal]
})
