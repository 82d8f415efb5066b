/** The instrumented dashboard, seen from the process that measures. */

import type { Home } from './home.ts'
import { endWithUs, program } from './process.ts'

export interface LoadedServer {
  port: number
  /** Asks it one thing; see programs/loaded-server.ts. */
  ask<T>(command: string): Promise<T>
  stop(): Promise<void>
}

export async function startLoadedServer(home: Home): Promise<LoadedServer> {
  const child = Bun.spawn(program('bench/programs/loaded-server.ts'), {
    env: { ...process.env, ...home.environment },
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  })
  endWithUs(child)
  const lines = linesOf(child.stdout)
  const next = async <T>() => {
    const { value } = await lines.next()
    if (value === undefined) throw new Error(`The loaded server ended with ${await child.exited}`)
    return JSON.parse(value) as T
  }
  const { port } = await next<{ port: number }>()
  const tell = async (command: string) => {
    child.stdin.write(`${command}\n`)
    await child.stdin.flush()
  }
  return {
    port,
    async ask(command) {
      await tell(command)
      return await next()
    },
    async stop() {
      await tell('stop')
      await child.exited
    },
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop()!
    yield* lines
  }
}
