/** `tokendeck completion`: a script that completes commands, options and account names in a shell. */

import type { Command } from '../command.ts'
import { EXIT, usageFailure } from '../exit-codes.ts'

export const command: Command = {
  usage: ['bash|zsh|fish', '--accounts'],
  about:
    'Prints a script that completes commands, options and accounts. bash: eval "$(tokendeck completion bash)" in ~/.bashrc; zsh: the same in ~/.zshrc, after compinit; fish: tokendeck completion fish > ~/.config/fish/completions/tokendeck.fish. Account names come from what the dashboard wrote down last, so nothing is asked while you type.',
  options: { accounts: { type: 'boolean', about: 'print the names of the accounts, one a line; for the script' } },
  async run({ arguments: { positionals, options }, io, config }) {
    if (options.accounts) {
      const { readStatus } = await import('../status-line.ts')
      const status = await readStatus(config.home)
      for (const { name } of status?.accounts ?? []) io.out(`${name}\n`)
      return EXIT.done
    }
    const [shell, surplus] = positionals
    const { completionScript, isShell } = await import('../completion-script.ts')
    if (surplus !== undefined || !isShell(shell)) throw usageFailure('Name one shell: bash, zsh or fish.')
    io.out(completionScript(shell, await everyCommand()))
    return EXIT.done
  },
}

/** Every command with its options, as they are. */
async function everyCommand() {
  const { COMMANDS } = await import('../command-table.ts')
  return await Promise.all(
    Object.entries(COMMANDS).map(async ([name, { summary, load }]) => {
      const { options, usage } = (await load()).command
      return {
        name,
        summary,
        options: Object.entries(options).map(([option, { about }]) => ({ name: option, about })),
        takesAccount: usage.some((line) => line.includes('ACCOUNT')),
      }
    }),
  )
}
