/** The real surroundings of a command: standard streams. */

import type { CommandIo } from './command.ts'

/** Standard streams of this process, and a way to wait until everything is written. */
export interface Terminal {
  io: CommandIo
  flush(): Promise<void>
}

/** Opens the standard streams of this process. */
export function openTerminal(): Terminal {
  const writes: Promise<unknown>[] = []
  const write = (stream: NodeJS.WriteStream, text: string) =>
    void writes.push(new Promise((resolve) => stream.write(text, resolve)))
  const io = streamsOf(write)
  return { io, flush: async () => void (await Promise.all(writes)) }
}

function streamsOf(write: (stream: NodeJS.WriteStream, text: string) => void): CommandIo {
  return {
    out: (text) => write(process.stdout, text),
    say: (line) => write(process.stderr, `${line}\n`),
    readInput: () => Bun.stdin.text(),
    isTerminal: Boolean(process.stdin.isTTY),
    async ask(question) {
      if (!process.stdin.isTTY) return null
      const { createInterface } = await import('node:readline/promises')
      const lines = createInterface({ input: process.stdin, output: process.stderr })
      try {
        return await lines.question(question)
      } finally {
        lines.close()
      }
    },
  }
}
