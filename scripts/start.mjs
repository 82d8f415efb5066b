/** `npm start`: installs what is missing, then becomes the dashboard. */

import { spawn } from 'node:child_process'
import { bunPath, installPackages, ROOT } from './install.mjs'

installPackages()

const child = spawn(bunPath(), ['--no-env-file', 'src/main.ts', ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: 'inherit',
})
// The child finishes refreshes in flight before it ends, so signals are handed on and its end is awaited.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('error', (error) => {
  process.stderr.write(`tokendeck: Bun could not be started: ${error.message}\n`)
  process.exitCode = 1
})
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143)
})
