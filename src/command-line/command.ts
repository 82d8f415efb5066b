/** The shape of a command and of what it is given. */

import type { Config } from '../config.ts'
import type { Clock } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
import type { CommandArguments, OptionShape } from './arguments.ts'
import type { Deck } from './deck.ts'

/** What a command may touch of its surroundings. */
export interface CommandIo {
  /** Writes to standard output, as is. */
  out(text: string): void
  /** Writes a line to standard error. */
  say(line: string): void
  /** All of standard input. */
  readInput(): Promise<string>
  /** Asks on the terminal and gives the answer; null when there is no terminal. */
  ask(question: string): Promise<string | null>
  /** The same for what must not be seen; null also when the person gave up. */
  askHidden(question: string): Promise<string | null>
  isTerminal: boolean
}

export interface Command {
  /** One line per form, without the program's name. */
  usage: string[]
  /** What it does, for `--help`. */
  about: string
  options: Record<string, OptionShape & { about: string }>
  /** Runs it; gives the exit code, or throws CommandFailure. */
  run(given: {
    arguments: CommandArguments
    io: CommandIo
    config: Config
    /** As the program was given it. */
    environment: Readonly<NodeJS.ProcessEnv>
    clock: Clock
    random: Random
    /** The directory that it was called in, absolute. Errors: those of the file system, where that is gone */
    directory: () => string
    openDeck: () => Promise<Deck>
  }): Promise<number>
}
