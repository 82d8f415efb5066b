/**
 * The real surroundings of a command: standard streams. Written to by Bun's own means, because Node's streams take longer
 * to load than most commands to run.
 */

import type { CommandIo } from './command.ts'

/** Standard streams of this process, and a way to wait until everything is written. */
export interface Terminal {
  io: CommandIo
  flush(): Promise<void>
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the name of a file or an account must not steer the terminal
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

/** Opens the standard streams of this process. */
export function openTerminal(): Terminal {
  let written: Promise<unknown> = Promise.resolve()
  const write = (stream: Bun.BunFile, text: string) => {
    // Whoever no longer reads (a closed pipe) misses nothing that could be told elsewhere.
    written = written.then(() => Bun.write(stream, text.replace(STEERING, ' '))).catch(() => {})
  }
  return { io: streamsOf(write), flush: async () => void (await written) }
}

function streamsOf(write: (stream: Bun.BunFile, text: string) => void): CommandIo {
  return {
    out: (text) => write(Bun.stdout, text),
    say: (line) => write(Bun.stderr, `${line}\n`),
    readInput: () => Bun.stdin.text(),
    get isTerminal() {
      return Boolean(process.stdin.isTTY)
    },
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
    async askHidden(question) {
      if (!process.stdin.isTTY) return null
      const { readHiddenLine } = await import('./hidden-line.ts')
      write(Bun.stderr, question)
      const line = await readHiddenLine(process.stdin)
      write(Bun.stderr, '\n')
      return line
    },
  }
}
