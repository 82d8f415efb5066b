/** Programs as a user runs them: whole processes, timed from outside. */

import type { Subprocess } from 'bun'

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
  environment: Record<string, string> = {},
): Promise<StartedServer> {
  const startedAt = performance.now()
  const child = Bun.spawn(command, {
    env: { ...process.env, ...environment },
    stdout: 'ignore',
    stderr: Bun.file('/dev/stderr'),
  })
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${command.join(' ')} ended with ${child.exitCode}`)
    try {
      const response = await fetch(`http://127.0.0.1:${port}/healthz`)
      await response.body?.cancel()
      if (response.ok) return { child, port, readyMs: performance.now() - startedAt }
    } catch {
      await Bun.sleep(1)
    }
    if (performance.now() - startedAt > 20_000) throw new Error(`${command.join(' ')} did not answer within 20 s`)
  }
}

/** Ends a server and waits until it is gone. */
export async function stopServer(server: StartedServer): Promise<void> {
  server.child.kill('SIGTERM')
  await server.child.exited
}

/** Runs a program to its end; gives milliseconds from exec to exit. */
export async function timeCommand(command: string[], environment: Record<string, string> = {}): Promise<number> {
  const startedAt = performance.now()
  const child = Bun.spawn(command, { env: { ...process.env, ...environment }, stdout: 'ignore', stderr: 'pipe' })
  const code = await child.exited
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${await new Response(child.stderr).text()}`)
  return performance.now() - startedAt
}

/** Resident memory of a process, bytes (Linux). */
export async function residentBytes(pid: number): Promise<number> {
  const status = await Bun.file(`/proc/${pid}/status`).text()
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) * 1_024
}

/** Processor time of a process so far, milliseconds (Linux; a hundred ticks a second). */
export async function processorMs(pid: number): Promise<number> {
  const fields = (await Bun.file(`/proc/${pid}/stat`).text()).split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}
