/** `tokendeck accounts`: one line per account. */

import { refuseSurplus } from '../arguments.ts'
import type { Command } from '../command.ts'
import type { ApiAccount } from '../deck.ts'
import { EXIT } from '../exit-codes.ts'
import { columns, json, when } from '../output.ts'

export const command: Command = {
  usage: ['[--json]'],
  about: 'Lists the accounts: name, provider, plan, how the login is, who owns it, and when its access token expires.',
  options: { json: { type: 'boolean', about: 'print JSON' } },
  async run({ arguments: given, io, clock, openDeck }) {
    refuseSurplus(given, 0)
    const { options } = given
    const deck = await openDeck()
    try {
      const accounts = await deck.call<ApiAccount[]>('GET', '/api/accounts')
      if (options.json) io.out(json(accounts))
      else if (accounts.length === 0)
        io.say(
          'There are no accounts yet. `tokendeck import` looks for logins on this machine; `tokendeck login` signs in.',
        )
      else io.out(table(accounts, clock.now()))
      return EXIT.done
    } finally {
      await deck.close()
    }
  },
}

function table(accounts: ApiAccount[], now: number): string {
  const rows = accounts.map((account) => [
    account.id,
    account.label ?? account.email ?? account.subject,
    account.provider,
    account.organization?.name ?? '—',
    account.plan ?? '—',
    loginWords(account, now),
    account.ownership.status,
    when(account.login.access_token_expires_at, now),
  ])
  return columns([['ID', 'ACCOUNT', 'PROVIDER', 'ORGANISATION', 'PLAN', 'LOGIN', 'OWNER', 'TOKEN EXPIRES'], ...rows])
}

/** The state of the login; of one that ends soon also when. */
function loginWords({ login, paused }: ApiAccount, now: number): string {
  const end = login.login_expires_at ?? login.access_token_expires_at
  const notes = [
    ...(login.status === 'ends_soon' && end !== null ? [when(end, now)] : []),
    ...(paused ? ['paused'] : []),
  ]
  return notes.length === 0 ? login.status : `${login.status} (${notes.join(', ')})`
}
