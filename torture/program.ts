/**
 * A program under torture, from outside: started, given orders, killed. A spare one is started ahead of time, so that the
 * next start waits for nothing but what it has to open.
 */

import { appendFileSync } from 'node:fs'
import type { Subprocess } from 'bun'
import { type Environment, OUTPUT_FILE, program } from '../bench/process.ts'
import type { Answer, Notice, Order } from './orders.ts'

/** Longer than anything that an order may take. */
const ANSWER_DEADLINE_MS = 180_000

export interface Victim {
  readonly pid: number
  /** It has started, and waits for its first order; also when it ended instead. */
  readonly ready: Promise<unknown>
  readonly ended: Promise<number>
  /** Gives an order and waits for the answer. Throws when the program ends instead. */
  ask(order: Order): Promise<Answer>
  /** Gives an order; the answer, or null when the program is killed meanwhile. */
  tell(order: Order): Promise<Answer | null>
  /** Resolves with the next notice of this kind, or null when the program ends. */
  notice(at: Notice['at']): Promise<true | null>
  signal(signal: NodeJS.Signals): void
  kill(): Promise<void>
}

export interface ProgramKind {
  name: string
  /** Command line of a program that takes orders; `environment` says where its home is. */
  command: string[]
}

export const TOKENDECK: ProgramKind = { name: 'Tokendeck', command: program('torture/victim.ts') }

/** Every program that still runs, so that a torture that breaks off leaves none behind. */
const alive = new Set<Subprocess>()
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL')
})

/** Starts a program, which waits for its first order. */
export function startVictim(kind: ProgramKind, environment: Environment): Victim {
  const child = Bun.spawn(kind.command, {
    env: { ...process.env, ...environment },
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const output = environment[OUTPUT_FILE]
  void passOn(child.stderr, output)
  alive.add(child)
  void child.exited.then(() => alive.delete(child))
  let onAnswer = (_: Answer | null): void => {}
  const onNotice = new Map<Notice['at'], (came: true | null) => void>()
  const notice = (at: Notice['at']) =>
    new Promise<true | null>((resolve) => {
      onNotice.set(at, resolve)
    })
  const ready = notice('ready')
  const ended = (async () => {
    for await (const line of linesOf(child.stdout)) {
      if (output !== undefined) appendFileSync(output, `${line}\n`)
      const said = JSON.parse(line) as Answer | Notice
      if ('at' in said) {
        onNotice.get(said.at)?.(true)
        onNotice.delete(said.at)
      } else {
        onAnswer(said)
      }
    }
    const code = await child.exited
    onAnswer(null)
    for (const resolve of onNotice.values()) resolve(null)
    return code
  })()
  const tell = (order: Order): Promise<Answer | null> => {
    const answer = new Promise<Answer | null>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${kind.name}: no answer to ${order.do}`)), ANSWER_DEADLINE_MS)
      onAnswer = (given) => {
        clearTimeout(timer)
        resolve(given)
      }
    })
    child.stdin.write(`${JSON.stringify(order)}\n`)
    child.stdin.flush()
    return answer
  }
  return {
    pid: child.pid,
    ready,
    ended,
    tell,
    async ask(order) {
      const answer = await tell(order)
      if (answer === null) throw new Error(`${kind.name} ended instead of an answer to ${order.do}`)
      return answer
    },
    notice,
    signal: (signal) => child.kill(signal),
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** What a program complains of is for whoever runs this, and for the search through what was said. */
async function passOn(stream: ReadableStream<Uint8Array>, output: string | undefined): Promise<void> {
  for await (const chunk of stream) {
    process.stderr.write(chunk)
    if (output !== undefined) appendFileSync(output, chunk)
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true })
    const lines = text.split('\n')
    text = lines.pop()!
    yield* lines
  }
}

/** How a program of the person's ended. */
export interface ProgramEnd {
  code: number
  output: string
  /** What it told the person on standard error. */
  said: string
  tookMs: number
}

/** Runs a program of the person's to its end; never throws for its exit code. */
export async function runToEnd(command: string[], environment: Environment): Promise<ProgramEnd> {
  const startedAt = performance.now()
  const child = Bun.spawn(command, {
    env: { ...process.env, ...environment },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  alive.add(child)
  const texts = [new Response(child.stdout).text(), new Response(child.stderr).text()]
  const [output = '', said = ''] = await Promise.all(texts)
  const code = await child.exited
  alive.delete(child)
  return { code, output, said, tookMs: performance.now() - startedAt }
}
