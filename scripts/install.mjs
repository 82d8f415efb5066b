/**
 * Makes a clone able to run: installs packages when they are missing or older than the lock, and repairs Bun when
 * install scripts were forbidden. Plain Node (or Bun), no packages: it runs before there are any.
 */

import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '..')
const LOCK = join(ROOT, 'package-lock.json')
/** npm writes this at the end of an install, so it is older than the lock exactly when the lock has moved on. */
const INSTALLED = join(ROOT, 'node_modules', '.package-lock.json')
/** The package names its program bun.exe on every system. */
const BUN = join(ROOT, 'node_modules', 'bun', 'bin', 'bun.exe')

/** Runs a program with this terminal; ends this process with its exit code when it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', ...options })
  if (result.error) fail(`${command} could not be started: ${result.error.message}`)
  if (result.status !== 0) process.exit(result.status ?? 1)
}

/** Ends with one readable line. */
export function fail(message) {
  process.stderr.write(`tokendeck: ${message}\n`)
  process.exit(1)
}

/** The path of a working Bun: this process itself when it is one, else the one among the packages. */
export function bunPath() {
  if (process.versions.bun && !existsSync(BUN)) return process.execPath
  return BUN
}

/** True when the Bun at `path` runs and is not the stub that stands there before its install script ran. */
function bunWorks(path) {
  if (!existsSync(path)) return false
  const result = spawnSync(path, ['--version'], { encoding: 'utf8' })
  return result.status === 0 && /^\d+\.\d+\.\d+/.test(result.stdout)
}

/**
 * Installs what is missing. Quick when nothing is. Packages older than the lock are installed anew too, but not for a
 * command: a dashboard may be running on them.
 */
export function installPackages({ evenOutdated = true } = {}) {
  const isOutdated = () => evenOutdated && statSync(INSTALLED).mtimeMs < statSync(LOCK).mtimeMs
  const isInstalled = existsSync(INSTALLED) && !isOutdated()
  const isInstalledByBun = process.versions.bun !== undefined && existsSync(join(ROOT, 'node_modules', 'hono'))
  if (!isInstalled && !isInstalledByBun) {
    process.stderr.write('tokendeck: installing packages (once)…\n')
    // What is printed on standard output belongs to the program that starts next.
    const stdio = ['inherit', 2, 2]
    const shell = process.platform === 'win32'
    const has = (program) => spawnSync(program, ['--version'], { shell }).status === 0
    if (has('npm')) run('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], { shell, stdio })
    else if (process.versions.bun) run(process.execPath, ['install', '--frozen-lockfile'], { stdio })
    else if (has('bun')) run('bun', ['install', '--frozen-lockfile'], { shell, stdio })
    else fail('npm is needed once, to install packages. Install Node.js with npm, or Bun.')
  }
  if (process.versions.bun) return
  if (!bunWorks(BUN))
    run(process.execPath, [join(ROOT, 'node_modules', 'bun', 'install.js')], { stdio: ['inherit', 2, 2] })
  if (!bunWorks(BUN)) fail('Bun could not be installed for this machine. Remove node_modules and try again.')
}
