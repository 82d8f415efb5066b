/** The program as a person runs it: its own process, its own home, free ports. Knows nothing of browsers. */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '..')
const BUN = join(ROOT, 'node_modules', 'bun', 'bin', 'bun.exe')
const START_DEADLINE_MS = 20_000

export interface AppOptions {
  /** Text of config.toml. */
  config?: string
  /** Files below the person's home directory, by relative path: credential files of the CLIs. Mode 0600. */
  homeFiles?: Record<string, string>
  env?: Record<string, string>
}

/** An answer that a journey looks into. */
// biome-ignore lint/suspicious/noExplicitAny: answers of any shape
export type Json = any

export interface AppProcess {
  /** Such as `http://localhost:40123`. */
  origin: string
  port: number
  /** The one-time link that was printed at the start. */
  link: string
  /** The person's home directory. */
  userHome: string
  /** TOKENDECK_HOME. */
  home: string
  callbackPorts: number[]
  /** The text of a file below the person's home directory. */
  readHomeFile(path: string): string
  writeHomeFile(path: string, text: string): void
  /** A JSON request with the API token. */
  api(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }>
  /** Everything that was printed, on both outputs. */
  output(): string
  /** Ends the process as a person would, and gives its exit code; the home stays. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
  /** Starts the same home again on the same port, after a change to the database at rest where there is one. */
  restart(changeDatabase?: string): Promise<void>
  /** Ends the process and removes the home. */
  dispose(): Promise<void>
}

/** Starts the program and waits until it listens. */
export async function startApp(options: AppOptions = {}): Promise<AppProcess> {
  const directory = mkdtempSync(join(tmpdir(), 'tokendeck-e2e-'))
  const userHome = join(directory, 'person')
  const home = join(directory, 'tokendeck')
  const callbackPorts = await freePorts(2)
  const writeHomeFile = (path: string, text: string) => {
    mkdirSync(dirname(join(userHome, path)), { recursive: true, mode: 0o700 })
    writeFileSync(join(userHome, path), text, { mode: 0o600 })
  }
  mkdirSync(userHome, { mode: 0o700 })
  mkdirSync(home, { mode: 0o700 })
  if (options.config) writeFileSync(join(home, 'config.toml'), options.config, { mode: 0o600 })
  for (const [path, text] of Object.entries(options.homeFiles ?? {})) writeHomeFile(path, text)

  let running = await launch(0)

  async function launch(port: number) {
    const child = spawn(BUN, ['--no-env-file', join(ROOT, 'src', 'main.ts')], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH ?? '',
        HOME: userHome,
        TMPDIR: tmpdir(),
        TZ: 'UTC',
        TOKENDECK_HOME: home,
        TOKENDECK_PORT: String(port),
        TOKENDECK_NO_OPEN: '1',
        TOKENDECK_KEY_SOURCE: 'file',
        TOKENDECK_CALLBACK_PORTS: callbackPorts.join(','),
        ...options.env,
      },
    })
    const started = { child, output: '', link: '', port: 0 }
    await untilListening(started)
    return started
  }

  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    const { child } = running
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
    const ended = new Promise<number | null>((done) => child.once('exit', done))
    child.kill(signal)
    const insist = setTimeout(() => child.kill('SIGKILL'), 8_000)
    const code = await ended
    clearTimeout(insist)
    return code
  }

  return {
    get origin() {
      return `http://localhost:${running.port}`
    },
    get port() {
      return running.port
    },
    get link() {
      return running.link
    },
    userHome,
    home,
    callbackPorts,
    readHomeFile: (path) => readFileSync(join(userHome, path), 'utf8'),
    writeHomeFile,
    async api(method, path, body) {
      const token = readFileSync(join(home, 'api-token'), 'utf8').trim()
      const response = await fetch(`http://127.0.0.1:${running.port}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, body: text === '' ? null : JSON.parse(text) }
    },
    output: () => running.output,
    stop,
    async restart(changeDatabase) {
      await stop()
      if (changeDatabase) await changeAtRest(join(home, 'tokendeck.db'), changeDatabase)
      running = await launch(running.port)
    },
    async dispose() {
      await stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** What cannot be waited for in a test, such as ten minutes: one statement on a database that nobody has open. */
async function changeAtRest(path: string, statement: string): Promise<void> {
  const script = `new (require('bun:sqlite').Database)(process.env.DATABASE).run(process.env.STATEMENT)`
  const env = { DATABASE: path, STATEMENT: statement }
  // A process of its own: a closed client keeps its hold on the file until its memory is collected.
  const child = spawn(BUN, ['--no-env-file', '-e', script], { env, stdio: 'inherit' })
  const code = await new Promise((done) => child.once('exit', done))
  if (code !== 0) throw new Error(`The database was not changed: exit code ${code}`)
}

async function untilListening(started: {
  child: ChildProcess
  output: string
  link: string
  port: number
}): Promise<void> {
  await new Promise<void>((done, fail) => {
    const giveUp = setTimeout(() => {
      started.child.kill('SIGKILL')
      fail(new Error(`The program did not start in time. It said:\n${started.output}`))
    }, START_DEADLINE_MS)
    const hear = (chunk: Buffer) => {
      started.output += chunk.toString()
      const link = /http:\/\/localhost:(\d+)\/\S*#\S+/.exec(started.output)
      if (!link || started.link) return
      started.link = link[0]
      started.port = Number(link[1])
      clearTimeout(giveUp)
      done()
    }
    started.child.stdout?.on('data', hear)
    started.child.stderr?.on('data', hear)
    started.child.once('exit', (code) => {
      clearTimeout(giveUp)
      fail(new Error(`The program ended with code ${code}. It said:\n${started.output}`))
    })
  })
}

/** Ports that nobody listened on a moment ago, on both loopback families. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0)))
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))))
  return ports
}

/** Holds a port as another program would; the result lets go of it. */
export async function holdPort(port: number): Promise<() => Promise<void>> {
  const server = await listen(port)
  return () => new Promise((done) => server.close(() => done()))
}

function listen(port: number) {
  const server = createServer((socket) => socket.destroy())
  return new Promise<typeof server>((done, fail) => {
    server.once('error', fail)
    server.listen(port, '127.0.0.1', () => done(server))
  })
}
