/** Runs one command of the command line against answers that a test gives: no process, no server, no terminal unless told. */

import { readArguments } from '../command-line/arguments.ts'
import type { Command } from '../command-line/command.ts'
import type { Deck } from '../command-line/deck.ts'
import type { Config } from '../config.ts'
import { FakeClock } from './fake-clock.ts'
import { steadyRandom } from './fake-random.ts'

/** What a test decides. */
export interface CommandWorld {
  /** The answer to a request; what it throws is the refusal. */
  answer(method: string, path: string, body: unknown): unknown
  /** What a person says to each question; null: nobody can be asked. */
  person?: string | null
  input?: string
  isServed?: boolean
  clock?: FakeClock
  home?: string
  config?: Partial<Config>
}

/** What came of it: `calls` are `METHOD path`, and `close` when the deck was let go. */
export interface CommandEnd {
  code: number
  out: string
  said: string
  calls: string[]
}

/** Runs it with its arguments as a shell gives them. */
export async function runCommand(command: Command, args: string[], world: CommandWorld): Promise<CommandEnd> {
  const end: CommandEnd = { code: 0, out: '', said: '', calls: [] }
  const say = (line: string) => {
    end.said += `${line}\n`
  }
  const { person = null, clock = new FakeClock() } = world
  const deck = {
    isServed: world.isServed ?? true,
    address: null,
    async call(method: string, path: string, body?: unknown) {
      end.calls.push(`${method} ${path}`)
      return world.answer(method, path, body)
    },
    async close() {
      end.calls.push('close')
    },
  } as unknown as Deck
  const io = {
    out: (text: string) => {
      end.out += text
    },
    say,
    readInput: async () => world.input ?? '',
    ask: async (question: string) => {
      if (person !== null) say(question)
      return person
    },
    askHidden: async () => person,
    isTerminal: person !== null,
  }
  const given = {
    io,
    clock,
    random: steadyRandom(),
    directory: () => world.home ?? '/nowhere',
    environment: {},
    config: { home: world.home ?? '/nowhere', ...world.config },
    openDeck: async () => deck,
  }
  try {
    end.code = await command.run({ ...given, arguments: readArguments(args, command.options) } as never)
  } catch (error) {
    end.code = (error as { exitCode?: number }).exitCode ?? Number.NaN
    say((error as Error).message)
  }
  return end
}
