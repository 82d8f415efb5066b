/** `tokendeck status`: the three marks of each account with their reasons, or everything in one line for a prompt. */

import { refuseSurplus } from '../arguments.ts'
import type { Command } from '../command.ts'
import type { ApiAccount, Deck } from '../deck.ts'
import { EXIT, usageFailure } from '../exit-codes.ts'
import type { ApiWindow } from '../room.ts'

export const command: Command = {
  usage: ['[ACCOUNT] [--json]', '--line'],
  about:
    'Says how each account’s login, data and ownership are, and why. Ends with 3 when one needs a new sign-in. With --line: one line for a shell’s prompt, at once, from what the dashboard, or the last command, wrote down.',
  options: {
    json: { type: 'boolean', about: 'print JSON' },
    line: { type: 'boolean', about: 'one line for a prompt; says its age when the dashboard does not run' },
  },
  async run({ arguments: given, io, config, clock, openDeck }) {
    refuseSurplus(given, 1)
    const { positionals, options } = given
    if (options.line) {
      if (positionals.length > 0 || options.json) throw usageFailure('--line is for all accounts, and is not JSON.')
      io.out(`${await line(config.home, clock.now(), openDeck)}\n`)
      return EXIT.done
    }
    const deck = await openDeck()
    try {
      const accounts = await named(deck, positionals[0])
      io.out(options.json ? (await import('../output.ts')).json(accounts) : accounts.map(explanation).join('\n'))
      return accounts.some((account) => account.login.status === 'sign_in_again') ? EXIT.signInAgain : EXIT.done
    } finally {
      await deck.close()
    }
  },
}

async function line(home: string, now: number, openDeck: () => Promise<Deck>): Promise<string> {
  const { readStatus, statusLine } = await import('../status-line.ts')
  const kept = await readStatus(home)
  if (kept) return statusLine(kept, now)
  // Only where neither a dashboard nor a command ever ran: closing writes the file for the next time.
  const deck = await openDeck()
  try {
    const accounts = await deck.call<ApiAccount[]>('GET', '/api/accounts')
    const { tightestOf } = await import('../../accounts/status-file.ts')
    const status = accounts.map((account) => ({
      id: account.id,
      name: account.label ?? account.email ?? account.subject,
      provider: account.provider,
      isActive: account.active_in.length > 0,
      login: account.login.status as 'valid',
      isPaused: account.paused,
      tightest: tightestOf(account.usage.map(measured)),
      readAt: account.data.read_at === null ? null : Date.parse(account.data.read_at),
    }))
    return statusLine({ version: 1, writtenAt: now, accounts: status }, now)
  } finally {
    await deck.close()
  }
}

function measured({ used_fraction: usedFraction, resets_at, active: isActive }: ApiWindow) {
  return { usedFraction, resetsAt: resets_at === null ? null : Date.parse(resets_at), isActive }
}

async function named(deck: Deck, reference: string | undefined): Promise<ApiAccount[]> {
  if (reference !== undefined) return [await (await import('../deck.ts')).findAccount(deck, reference)]
  return deck.call<ApiAccount[]>('GET', '/api/accounts')
}

function explanation(account: ApiAccount): string {
  const name = account.label ?? account.email ?? account.subject
  const lines = [
    `${name}  (${account.provider}${account.plan ? `, ${account.plan}` : ''}, ${account.id})`,
    `  login      ${account.login.status}: ${account.login.reason}`,
    `  data       ${account.data.status}: ${account.data.reason}`,
    `  ownership  ${account.ownership.status}: ${account.ownership.reason}`,
  ]
  return lines.map((line) => `${line}\n`).join('')
}
