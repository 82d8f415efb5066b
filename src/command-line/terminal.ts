/** The real surroundings of a command: standard streams. */

import type { CommandIo } from './command.ts'

/** Standard input, output and error of this process. */
export function terminalIo(): CommandIo {
  return {
    out: (text) => void process.stdout.write(text),
    say: (line) => void process.stderr.write(`${line}\n`),
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
