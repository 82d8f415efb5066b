/**
 * The real CLIs in a cache outside the repository: exactly those of `programs/package-lock.json`, checked against its
 * integrity, without running anything that they bring for an installation. Starts npm; starts none of the CLIs.
 */

import { createHash } from 'node:crypto'
import { cpSync, existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { CliName } from '../src/cli-credentials/credential-file.ts'

/** Where each program lies, and its version. */
export interface Peers {
  programs: Record<CliName, string>
  versions: Record<CliName, string>
  /** The directory of this installation. */
  directory: string
  /** Null: it was there already. Milliseconds. */
  installedInMs: number | null
}

/** Why there are no programs, in one line. */
export class NoPeers extends Error {
  override readonly name = 'NoPeers'
}

const MANIFEST = join(import.meta.dirname, 'programs')
const PACKAGES: Record<CliName, string> = { claude: '@anthropic-ai/claude-code', codex: '@openai/codex' }
/** The native programs, which the packages for one system hold. Without them a start would go through Node. */
const NATIVE: Record<CliName, string> = {
  claude: '@anthropic-ai/claude-code-linux-*/claude',
  codex: '@openai/codex-linux-*/vendor/*/bin/codex',
}

/**
 * Finds the programs, or installs them.
 *
 * Shape:  `deadlineMs`: how long an installation may take; 0 = what is not there already is not installed
 * Errors: NoPeers
 */
export function installPeers(deadlineMs: number): Peers {
  const lock = readFileSync(join(MANIFEST, 'package-lock.json'))
  const cache = cacheDirectory()
  const directory = join(cache, createHash('sha256').update(lock).digest('hex').slice(0, 16))
  const startedAt = performance.now()
  const isThere = existsSync(directory)
  if (!isThere) {
    if (deadlineMs === 0) throw new NoPeers('the programs are not installed; `npm run test:peers` installs them')
    install(cache, directory, deadlineMs)
  }
  const versions = JSON.parse(lock.toString()).packages as Record<string, { version: string }>
  return {
    programs: { claude: nativeOf(directory, 'claude'), codex: nativeOf(directory, 'codex') },
    versions: {
      claude: versions[`node_modules/${PACKAGES.claude}`]!.version,
      codex: versions[`node_modules/${PACKAGES.codex}`]!.version,
    },
    directory,
    installedInMs: isThere ? null : performance.now() - startedAt,
  }
}

/** Source: XDG Base Directory Specification 0.8 (a relative path is to be ignored) */
function cacheDirectory(): string {
  const named = process.env.XDG_CACHE_HOME ?? ''
  return join(isAbsolute(named) ? named : join(homedir(), '.cache'), 'tokendeck', 'peers')
}

/** Whole or not at all: an installation that is cut off leaves nothing that looks like one. */
function install(cache: string, directory: string, deadlineMs: number): void {
  const making = `${directory}.${process.pid}`
  mkdirSync(making, { recursive: true })
  try {
    cpSync(MANIFEST, making, { recursive: true })
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    const run = Bun.spawnSync(['npm', ...args], {
      ...{ cwd: making, timeout: deadlineMs, killSignal: 'SIGKILL', stdout: 'ignore', stderr: 'pipe' },
    })
    if (run.exitCode !== 0) {
      const said = run.stderr.toString().trim().split('\n').at(-1) ?? ''
      const why = run.exitedDueToTimeout ? `not within ${deadlineMs / 1_000} s` : said.slice(0, 200)
      throw new NoPeers(`npm could not install the programs: ${why}`)
    }
    for (const cli of ['claude', 'codex'] as const) nativeOf(making, cli)
    // Half a gigabyte and more: the one before is of no use any more.
    for (const name of readdirSync(cache)) {
      if (join(cache, name) !== making) rmSync(join(cache, name), { recursive: true, force: true })
    }
    renameSync(making, directory)
  } catch (error) {
    if (error instanceof NoPeers) throw error
    throw new NoPeers(`the programs could not be installed: ${error instanceof Error ? error.message : 'unknown'}`)
  } finally {
    rmSync(making, { recursive: true, force: true })
  }
}

function nativeOf(directory: string, cli: CliName): string {
  const [path] = globSync(join(directory, 'node_modules', NATIVE[cli]))
  if (!path) throw new NoPeers(`there is no ${cli} for this system (${process.platform} ${process.arch})`)
  return path
}
