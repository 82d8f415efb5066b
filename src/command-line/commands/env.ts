/** `tokendeck env`: the environment of an account as lines that a shell reads. */

import type { Command } from '../command.ts'
import { type Deck, findAccount } from '../deck.ts'
import { CommandFailure, EXIT, usageFailure } from '../exit-codes.ts'
import type { ApiEnvironment } from './exec.ts'

type Shell = 'sh' | 'fish'

export const command: Command = {
  usage: ['ACCOUNT [--token] [--shell sh|fish] [--json]'],
  about:
    'Prints lines that make a shell’s CLI run as ACCOUNT: eval "$(tokendeck env ACCOUNT)". With --token: one valid access token instead of a directory, in the variable that the CLI reads; it cannot be refreshed, and whoever sees the output has it.',
  options: {
    token: { type: 'boolean', about: 'print an access token' },
    shell: { type: 'string', about: 'sh (the default) or fish' },
    json: { type: 'boolean', about: 'print JSON' },
  },
  async run({ arguments: { positionals, options }, io, openDeck }) {
    const [reference, surplus] = positionals
    if (reference === undefined || surplus !== undefined)
      throw usageFailure('Name one account: `tokendeck env ACCOUNT`.')
    const shell = shellOf(options.shell)
    const deck = await openDeck()
    try {
      const { id } = await findAccount(deck, reference)
      const environment = await deck.call<ApiEnvironment>('GET', `/api/accounts/${id}/environment`)
      const { set, unset } = options.token ? await ofToken(deck, id, environment) : ofDirectory(environment)
      if (options.json) io.out((await import('../output.ts')).json({ set, unset }))
      else io.out([...unset.map((name) => unsetLine(shell, name)), ...setLines(shell, set)].join(''))
      return EXIT.done
    } finally {
      await deck.close()
    }
  },
}

function shellOf(option: string | boolean | undefined): Shell {
  if (option === undefined || option === 'sh' || option === 'bash' || option === 'zsh') return 'sh'
  if (option === 'fish') return 'fish'
  throw usageFailure('--shell takes sh or fish.')
}

interface Variables {
  set: Record<string, string>
  unset: string[]
}

/** Other variables that outrank the login would outrank the token as well. */
async function ofToken(deck: Deck, id: string, environment: ApiEnvironment): Promise<Variables> {
  const { token_variable: variable, unset } = environment
  const { access_token: token } = await deck.token(id, null)
  return { set: { [variable]: token }, unset: unset.filter((name) => name !== variable) }
}

function ofDirectory({ directory, account_name: name, set, unset }: ApiEnvironment): Variables {
  if (directory !== null) return { set, unset }
  throw new CommandFailure(
    EXIT.failed,
    `Tokendeck itself holds the login of ${name}, so there is no directory to name. Make a profile first (tokendeck profiles make), or ask for --token.`,
  )
}

function setLines(shell: Shell, set: Record<string, string>): string[] {
  return Object.entries(set).map(([name, value]) => setLine(shell, name, value))
}

function setLine(shell: Shell, name: string, value: string): string {
  if (shell === 'fish') return `set -gx ${name} '${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}';\n`
  return `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`
}

function unsetLine(shell: Shell, name: string): string {
  return shell === 'fish' ? `set -e ${name};\n` : `unset ${name}\n`
}
