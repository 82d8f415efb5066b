/**
 * Starts other programs with care: by path, never through a shell, with an environment of its own, no terminal, a deadline
 * and a limit on what is read of them. Knows nothing of which programs these are.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { type Clock, SECOND_MS } from './clock.ts'

/** Programs of this machine. Everything that starts one takes this, so that a test can take its place. */
export interface Programs {
  /** The path of a program, as a shell would find it; null when it is not installed. */
  find(name: string): Promise<string | null>
  /** Runs a program to its end. Never rejects. */
  run(path: string, args: readonly string[], options: RunOptions): Promise<ProgramRun>
  /** What programs are given of our own environment: paths, language, proxies and certificates, nothing secret. */
  readonly environment: Readonly<Record<string, string>>
  /** Names of everything that is set in our own environment. Not the values: some are secrets. */
  readonly variables: ReadonlySet<string>
}

export interface RunOptions {
  /** The whole environment of the program, mostly `{...programs.environment, CODEX_HOME: …}`. */
  env: Readonly<Record<string, string>>
  cwd: string
  timeoutMs: number
  signal?: AbortSignal
  /** Hears what the program says, as it says it. */
  onOutput?: (text: string, stream: 'stdout' | 'stderr') => void
  /** Text that it is told at once, or a talk with it. Without this its standard input is closed. */
  input?: string | ((input: ProgramInput) => void)
  /** Looked at after each piece of output: true = everything was said, the program is ended. */
  isEnough?: (stdout: string) => boolean
}

/** The way to tell a running program something. */
export interface ProgramInput {
  write(text: string): void
  end(): void
}

/** How a run ended, and what was said. `exitCode` is null when the program did not end by itself. */
export interface ProgramRun {
  end: 'exited' | 'enough' | 'timed_out' | 'aborted' | 'too_much_output' | 'not_started'
  exitCode: number | null
  stdout: string
  stderr: string
}

/** More than this is never read of a program; characters of both streams together. */
const MAX_OUTPUT = 1024 * 1024
/** A program that was asked to end is given this long before it is made to. */
const GRACE_MS = 2 * SECOND_MS

/** Variables that a program may need and that hold no secret of an account. */
const PASSED =
  /^(PATH|PATHEXT|HOME|USER|LOGNAME|SHELL|TMPDIR|TEMP|TMP|LANG|LANGUAGE|LC_[A-Z]+|TZ|XDG_[A-Z_]+|DBUS_SESSION_BUS_ADDRESS|SYSTEMROOT|COMSPEC|WINDIR|APPDATA|LOCALAPPDATA|USERPROFILE|PROGRAMFILES|https?_proxy|no_proxy|all_proxy|HTTPS?_PROXY|NO_PROXY|ALL_PROXY|SSL_CERT_FILE|SSL_CERT_DIR|NODE_EXTRA_CA_CERTS|CODEX_CA_CERTIFICATE)$/i

/**
 * The programs of this machine.
 *
 * Shape:  the environment that is searched (PATH) and passed on in part
 */
export function systemPrograms(environment: Readonly<Record<string, string | undefined>>, clock: Clock): Programs {
  const set = Object.entries(environment).filter((entry): entry is [string, string] => !!entry[1])
  return {
    find: (name) => findOnPath(name, environment.PATH ?? ''),
    run: (path, args, options) => runProgram(path, args, options, clock),
    environment: Object.fromEntries(set.filter(([name]) => PASSED.test(name))),
    variables: new Set(set.map(([name]) => name)),
  }
}

async function findOnPath(name: string, path: string): Promise<string | null> {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : ['']
  // A relative entry would find whatever lies in the directory that we happen to stand in.
  for (const directory of path.split(delimiter).filter(isAbsolute)) {
    for (const ending of endings) {
      const candidate = join(directory, name + ending)
      if (await isRunnable(candidate)) return candidate
    }
  }
  return null
}

async function isRunnable(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  if (!found?.isFile()) return false
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}

function runProgram(path: string, args: readonly string[], options: RunOptions, clock: Clock): Promise<ProgramRun> {
  const { env, cwd, timeoutMs, signal, onOutput, input, isEnough } = options
  return new Promise((resolve) => {
    const said = { stdout: '', stderr: '' }
    if (signal?.aborted) return resolve({ end: 'aborted', exitCode: null, ...said })
    let child: ChildProcess
    try {
      // A session of its own: no terminal to ask at, and whatever it starts itself ends with it.
      child = spawn(path, [...args], { env: { ...env }, cwd, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
    } catch {
      return resolve({ end: 'not_started', exitCode: null, ...said })
    }
    let end: ProgramRun['end'] = 'exited'
    let isOver = false
    const over = new AbortController()
    const stop = (why: ProgramRun['end']) => {
      if (isOver || end !== 'exited') return
      end = why
      child.stdin?.end()
      killGroup(child, 'SIGTERM')
      void clock.sleep(GRACE_MS, over.signal).then(() => isOver || killGroup(child, 'SIGKILL'))
    }
    const onAbort = () => stop('aborted')
    const finish = (exitCode: number | null) => {
      if (isOver) return
      isOver = true
      over.abort()
      signal?.removeEventListener('abort', onAbort)
      resolve({ end, exitCode: end === 'exited' ? exitCode : null, ...said })
    }
    const hear = (stream: 'stdout' | 'stderr') => (text: string) => {
      if (said.stdout.length + said.stderr.length + text.length > MAX_OUTPUT) return stop('too_much_output')
      said[stream] += text
      onOutput?.(text, stream)
      if (stream === 'stdout' && isEnough?.(said.stdout)) stop('enough')
    }
    for (const stream of ['stdout', 'stderr'] as const) child[stream]?.setEncoding('utf8').on('data', hear(stream))
    // A program that ends before it has read everything is no fault of ours.
    child.stdin?.on('error', () => {})
    child.on('error', () => {
      end = 'not_started'
      finish(null)
    })
    child.on('close', (code) => finish(code))
    signal?.addEventListener('abort', onAbort)
    void clock.sleep(timeoutMs, over.signal).then(() => stop('timed_out'))
    if (input === undefined) child.stdin?.end()
    else if (typeof input === 'string') child.stdin?.write(input)
    else input({ write: (text) => child.stdin?.write(text), end: () => child.stdin?.end() })
  })
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    if (process.platform === 'win32') child.kill(signal)
    else process.kill(-child.pid, signal)
  } catch {
    // It ended by itself meanwhile.
  }
}
