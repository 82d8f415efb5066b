/** Programs as a user runs them: whole processes, timed from outside. */

import { appendFileSync, closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Subprocess } from 'bun'

const ROOT = resolve(import.meta.dirname, '..')
const START_DEADLINE_MS = 30_000

/** Servers that run now: none outlives this process, however it ends. */
const running = new Set<Subprocess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))

/** Ends the program at the latest with this process. */
export function endWithUs(child: Subprocess): void {
  running.add(child)
  void child.exited.then(() => running.delete(child))
}

/** The variable that names a file to which everything is added that a program says, besides. */
export const OUTPUT_FILE = 'PROGRAM_OUTPUT_FILE'

/** Where the output of a program goes that nobody reads. */
function outputOf(environment: Environment): 'ignore' | number {
  const path = environment[OUTPUT_FILE]
  return path === undefined ? 'ignore' : openSync(path, 'a')
}

export type Environment = Readonly<Record<string, string>>

/** A command line that runs a file of this project with this Bun. */
export function program(path: string, ...args: (string | number)[]): string[] {
  return [process.execPath, '--no-env-file', join(ROOT, path), ...args.map(String)]
}

/** A started server and what is needed to end it. */
export interface StartedServer {
  child: Subprocess
  port: number
  /** From exec to the first 200 of /healthz, milliseconds. */
  readyMs: number
}

/** A loopback port that nobody holds now. */
export function freePort(): number {
  const probe = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const { port } = probe
  probe.stop(true)
  return port
}

/** Starts a program that will listen on `port`, and waits for its first 200. */
export async function startServer(
  command: string[],
  port: number,
  environment: Environment = {},
): Promise<StartedServer> {
  const startedAt = performance.now()
  const stdout = outputOf(environment)
  const child = Bun.spawn(command, { env: { ...process.env, ...environment }, stdout, stderr: 'pipe' })
  if (stdout !== 'ignore') closeSync(stdout)
  endWithUs(child)
  const said = new Response(child.stderr).text()
  const output = environment[OUTPUT_FILE]
  if (output !== undefined) void said.then((text) => appendFileSync(output, text))
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${command.join(' ')} ended with ${child.exitCode}: ${await said}`)
    try {
      const response = await fetch(`http://127.0.0.1:${port}/healthz`)
      await response.body?.cancel()
      if (response.ok) return { child, port, readyMs: performance.now() - startedAt }
    } catch {
      await Bun.sleep(1)
    }
    if (performance.now() - startedAt > START_DEADLINE_MS) {
      child.kill('SIGKILL')
      throw new Error(`${command.join(' ')} did not answer: ${await said}`)
    }
  }
}

/** Starts the dashboard on a home. */
export async function startDashboard(environment: Environment): Promise<StartedServer> {
  const port = freePort()
  return await startServer(program('src/main.ts'), port, { ...environment, TOKENDECK_PORT: String(port) })
}

/** Starts the floor program with `rows` accounts in a database of its own. */
export async function startFloor(directory: string, rows: number): Promise<StartedServer> {
  const port = freePort()
  return await startServer(program('bench/floor/server.tsx', port, join(directory, `floor-${rows}.db`), rows), port)
}

/** Ends a server and waits until it is gone. */
export async function stopServer(server: StartedServer): Promise<void> {
  server.child.kill('SIGTERM')
  await server.child.exited
}

export interface CommandRun {
  /** From exec to exit, milliseconds. */
  ms: number
  output: string
}

/** Runs a program to its end. Throws with its words when it fails. */
export async function runCommand(command: string[], environment: Environment = {}): Promise<CommandRun> {
  const startedAt = performance.now()
  const child = Bun.spawn(command, { env: { ...process.env, ...environment }, stdout: 'pipe', stderr: 'pipe' })
  const code = await child.exited
  const ms = performance.now() - startedAt
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${await new Response(child.stderr).text()}`)
  return { ms, output: await new Response(child.stdout).text() }
}

/** Runs a program that prints one JSON value. */
export async function runForJson<T>(command: string[], environment: Environment = {}): Promise<T> {
  return JSON.parse((await runCommand(command, environment)).output) as T
}

/** Resident memory of a process, bytes (Linux). */
export function residentBytes({ child }: StartedServer): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) * 1_024
}

/** Processor time that each thread of a process has spent so far, milliseconds (Linux; counted in nanoseconds). */
export function processorMs({ child }: StartedServer): Map<string, number> {
  const tasks = `/proc/${child.pid}/task`
  return new Map(
    readdirSync(tasks).map((task) => {
      const nanoseconds = Number(readFileSync(join(tasks, task, 'schedstat'), 'utf8').split(' ')[0])
      return [task, nanoseconds / 1_000_000]
    }),
  )
}

/** What was spent between two readings, threads that ended in between left out. Milliseconds. */
export function spentBetween(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): number {
  return [...after].reduce((sum, [task, ms]) => sum + ms - (before.get(task) ?? 0), 0)
}
