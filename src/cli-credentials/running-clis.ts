/**
 * Which coding CLIs, and other tools of this kind, run now and which directory each keeps its login in. Looks at the person's own processes where the
 * system shows them as files (Linux); elsewhere nothing is known and nothing is said.
 */

import { readdir, readFile, realpath } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { CLIS } from './clis/index.ts'
import type { CliName } from './credential-file.ts'
import { showsProcesses } from './process-view.ts'

/** Programs that use a login: the CLIs, and other tools whose files are read. */
export type ProgramName = CliName | 'opencode' | 'openclaw'

const PROGRAMS: readonly ProgramName[] = ['claude', 'codex', 'opencode', 'openclaw']

/** A running program. `directory` is absolute, links resolved where it exists. */
export interface RunningCli {
  cli: ProgramName
  pid: number
  directory: string
}

/**
 * Running processes of `claude`, `codex` and the other tools whose environment may be read, which is those of the same person.
 *
 * Shape:  the root of the process files, `/proc` → RunningCli[]; empty where there is none
 * Errors: none; total: processes end while they are looked at
 */
export async function runningClis(processRoot: string): Promise<RunningCli[]> {
  const names = await readdir(processRoot).catch(() => [])
  const found = await Promise.all(
    names.filter((name) => /^\d+$/.test(name)).map((pid) => readProcess(join(processRoot, pid), Number(pid))),
  )
  return found.filter((process) => process !== null)
}

/** The same, but null where this system shows no processes: nobody can say then that none runs. Errors: none */
export async function visibleClis(processRoot: string): Promise<RunningCli[] | null> {
  return (await showsProcesses(processRoot)) ? runningClis(processRoot) : null
}

/** The name shown for programs that use a directory, such as `claude (4242)`; null of null: nobody can tell. */
export async function usersOf(directory: string, running: readonly RunningCli[]): Promise<string[]>
export async function usersOf(directory: string, running: readonly RunningCli[] | null): Promise<string[] | null>
export async function usersOf(directory: string, running: readonly RunningCli[] | null): Promise<string[] | null> {
  if (running === null) return null
  const real = await realDirectory(directory)
  return running.filter((process) => process.directory === real).map(({ cli, pid }) => `${cli} (${pid})`)
}

async function readProcess(root: string, pid: number): Promise<RunningCli | null> {
  const cli = cliOf(await readEntry(root, 'comm'), (await readEntry(root, 'cmdline')).split('\0'))
  if (cli === null) return null
  const environment = parseEnvironment(await readEntry(root, 'environ'))
  const directory = directoryOf(cli, environment)
  return directory === null ? null : { cli, pid, directory: await realDirectory(directory) }
}

/** By the process's own name, its program's, or the script that a JavaScript runtime runs. */
function cliOf(name: string, argv: string[]): ProgramName | null {
  const program = basename(argv[0] ?? '')
  const script = /^(node|bun)(\.exe)?$/.test(program) ? basename(argv[1] ?? '').replace(/\.[cm]?js$/, '') : null
  const names = [name.trim(), program, script]
  return PROGRAMS.find((candidate) => names.includes(candidate)) ?? null
}

function directoryOf(program: ProgramName, environment: Map<string, string>): string | null {
  const home = environment.get('HOME')
  const inHome = (...path: string[]) => (home ? join(home, ...path) : null)
  switch (program) {
    case 'claude':
    case 'codex': {
      // Where only the login was moved, it lies where the last of them says.
      const { directoryVariables, homeDirectory } = CLIS[program]
      const named = directoryVariables.findLast((name) => environment.get(name))
      return named ? environment.get(named)! : inHome(homeDirectory)
    }
    case 'opencode': {
      const data = environment.get('XDG_DATA_HOME')
      return data ? join(data, 'opencode') : inHome('.local', 'share', 'opencode')
    }
    case 'openclaw':
      return environment.get('OPENCLAW_STATE_DIR') || inHome('.openclaw')
  }
}

function parseEnvironment(text: string): Map<string, string> {
  return new Map(
    text.split('\0').flatMap((entry) => {
      const at = entry.indexOf('=')
      return at > 0 ? [[entry.slice(0, at), entry.slice(at + 1)] as const] : []
    }),
  )
}

async function readEntry(root: string, name: string): Promise<string> {
  return readFile(join(root, name), 'utf8').catch(() => '')
}

async function realDirectory(directory: string): Promise<string> {
  return realpath(directory).catch(() => resolve(directory))
}
