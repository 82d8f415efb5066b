/** `tokendeck status`: the three marks of each account with their reasons. */

import type { Command } from '../command.ts'
import { type ApiAccount, type Deck, findAccount } from '../deck.ts'
import { EXIT } from '../exit-codes.ts'
import { json } from '../output.ts'

export const command: Command = {
  usage: ['[ACCOUNT] [--json]'],
  about: 'Says how each account’s login, data and ownership are, and why. Ends with 3 when one needs a new sign-in.',
  options: { json: { type: 'boolean', about: 'print JSON' } },
  async run({ arguments: { positionals, options }, io, openDeck }) {
    const deck = await openDeck()
    try {
      const accounts = await named(deck, positionals[0])
      io.out(options.json ? json(accounts) : accounts.map(explanation).join('\n'))
      return accounts.some((account) => account.login.status === 'sign_in_again') ? EXIT.signInAgain : EXIT.done
    } finally {
      await deck.close()
    }
  },
}

async function named(deck: Deck, reference: string | undefined): Promise<ApiAccount[]> {
  if (reference !== undefined) return [await findAccount(deck, reference)]
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
