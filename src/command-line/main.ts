/**
 * The `tokendeck` command: finds the command that was named, reads its arguments, and ends with its exit code. Each
 * command is loaded only when it is called, because a helper that prints a token is run from shell prompts.
 */

import { systemClock } from '../lib/clock.ts'
import { systemRandom } from '../lib/random.ts'
import { readArguments } from './arguments.ts'
import type { Command, CommandIo } from './command.ts'
import { COMMANDS } from './command-table.ts'
import { EXIT } from './exit-codes.ts'

/** What a command has of the machine: time, chance, and where it was called. */
type Machine = Pick<Parameters<Command['run']>[0], 'clock' | 'random' | 'directory'>

const THIS_MACHINE: Machine = { clock: systemClock, random: systemRandom, directory: () => process.cwd() }

/**
 * Runs one command line.
 *
 * Shape:  arguments after the program's name, surroundings, environment, machine → exit code
 * Errors: none; every failure becomes words on standard error and a code
 */
export async function runCommandLine(
  args: string[],
  io: CommandIo,
  environment: NodeJS.ProcessEnv,
  machine: Machine = THIS_MACHINE,
): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    io.out(overview())
    return name === undefined ? EXIT.usage : EXIT.done
  }
  if (name === '--version' || name === '-V') {
    const { VERSION } = await import('../version.ts')
    io.out(`tokendeck ${VERSION}\n`)
    return EXIT.done
  }
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!entry) {
    io.say(`There is no command “${name}”. \`tokendeck --help\` lists them.`)
    return EXIT.usage
  }
  const [{ command }, { readConfig }] = await Promise.all([entry.load(), import('../config.ts')])
  try {
    const given = readArguments(rest, { ...command.options, help: { type: 'boolean', short: 'h' } })
    if (given.options.help) {
      io.out(helpOf(name, command))
      return EXIT.done
    }
    const config = readConfig(environment)
    return await command.run({
      arguments: given,
      io,
      config,
      environment,
      ...machine,
      openDeck: async () => (await import('./deck.ts')).openDeck(config, machine.random),
    })
  } catch (error) {
    return explain(error, name, io)
  }
}

/** Words for a failure. Refusals carry their own words and code; anything else is named without its details. */
function explain(error: unknown, name: string, io: CommandIo): number {
  if (!(error instanceof Error)) throw error
  const { exitCode } = error as { exitCode?: number }
  if (typeof exitCode === 'number') {
    io.say(
      exitCode === EXIT.usage
        ? `${error.message}\n\`tokendeck ${name} --help\` shows what is accepted.`
        : error.message,
    )
    return exitCode
  }
  io.say(`tokendeck ${name} broke off: ${error.name}. Run \`tokendeck doctor\` to check the installation.`)
  return EXIT.failed
}

function overview(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length))
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}\n`)
  return `Usage: tokendeck COMMAND …\n\n${lines.join('')}\n\`tokendeck COMMAND --help\` tells more.\n`
}

function helpOf(name: string, command: Command): string {
  const usage = command.usage.map((line) => `  tokendeck ${name}${line && ` ${line}`}\n`).join('')
  const options = Object.entries({ ...command.options, help: { about: 'show this', short: 'h' } })
  const width = Math.max(...options.map(([option]) => option.length))
  const lines = options.map(([option, { about }]) => `  --${option.padEnd(width)}  ${about}\n`).join('')
  return `${command.about}\n\nUsage:\n${usage}\nOptions:\n${lines}`
}

if (import.meta.main) {
  const { openTerminal } = await import('./terminal.ts')
  const terminal = openTerminal()
  const exitCode = await runCommandLine(process.argv.slice(2), terminal.io, process.env)
  await terminal.flush()
  // What is still open now, such as a kept-alive connection to a provider, has nothing left to do.
  process.exit(exitCode)
}
