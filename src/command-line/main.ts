/**
 * The `tokendeck` command: finds the command that was named, reads its arguments, and ends with its exit code. Each
 * command is loaded only when it is called, because a helper that prints a token is run from shell prompts.
 */

import { readArguments } from './arguments.ts'
import type { Command, CommandIo } from './command.ts'
import { EXIT } from './exit-codes.ts'

/** Every command: what it does in a few words, and where it is. */
export const COMMANDS: Record<string, { summary: string; load: () => Promise<{ command: Command }> }> = {
  serve: { summary: 'run the dashboard', load: () => import('./commands/serve.ts') },
  link: { summary: 'print a one-time sign-in link', load: () => import('./commands/link.ts') },
  accounts: { summary: 'list the accounts', load: () => import('./commands/accounts.ts') },
  status: { summary: 'explain how accounts are', load: () => import('./commands/status.ts') },
  login: { summary: 'sign in to an account', load: () => import('./commands/login.ts') },
  import: { summary: 'link or take over a CLI’s login', load: () => import('./commands/import.ts') },
  add: { summary: 'add a token from standard input', load: () => import('./commands/add.ts') },
  refresh: { summary: 'refresh logins now', load: () => import('./commands/refresh.ts') },
  token: { summary: 'print a valid access token', load: () => import('./commands/token.ts') },
  exec: { summary: 'run a CLI as one account', load: () => import('./commands/exec.ts') },
  use: { summary: 'choose the account of a folder', load: () => import('./commands/use.ts') },
  env: { summary: 'print an account’s environment for a shell', load: () => import('./commands/env.ts') },
  profiles: { summary: 'directories of their own for accounts', load: () => import('./commands/profiles.ts') },
  remove: { summary: 'forget an account', load: () => import('./commands/remove.ts') },
  key: { summary: 'save, restore, rotate or replace the encryption key', load: () => import('./commands/key.ts') },
  export: { summary: 'write everything into one encrypted file', load: () => import('./commands/export.ts') },
  restore: { summary: 'restore an export', load: () => import('./commands/restore.ts') },
  audit: { summary: 'check that the history is whole', load: () => import('./commands/audit.ts') },
  doctor: { summary: 'check this installation', load: () => import('./commands/doctor.ts') },
  completion: { summary: 'complete commands and accounts in a shell', load: () => import('./commands/completion.ts') },
}

/**
 * Runs one command line.
 *
 * Shape:  arguments after the program's name, surroundings, environment → exit code
 * Errors: none; every failure becomes words on standard error and a code
 */
export async function runCommandLine(args: string[], io: CommandIo, environment: NodeJS.ProcessEnv): Promise<number> {
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
  const { command } = await entry.load()
  try {
    const given = readArguments(rest, { ...command.options, help: { type: 'boolean', short: 'h' } })
    if (given.options.help) {
      io.out(helpOf(name, command))
      return EXIT.done
    }
    const { readConfig } = await import('../config.ts')
    const config = readConfig(environment)
    return await command.run({
      arguments: given,
      io,
      config,
      openDeck: async () => (await import('./deck.ts')).openDeck(config),
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
