/** `tokendeck remove`: forgets an account here and, when asked, signs it out at the provider. */

import type { Command } from '../command.ts'
import { findAccount } from '../deck.ts'
import { CommandFailure, EXIT, usageFailure } from '../exit-codes.ts'
import { json } from '../output.ts'

interface ApiRemoval {
  revocation: string
  revocation_code?: string | null
}

export const command: Command = {
  usage: ['ACCOUNT [--revoke] [--yes] [--json]'],
  about:
    'Forgets an account here. --revoke also asks the provider to end the login, for everybody who holds a copy of it.',
  options: {
    revoke: { type: 'boolean', about: 'sign out at the provider too' },
    yes: { type: 'boolean', short: 'y', about: 'do not ask' },
    json: { type: 'boolean', about: 'print JSON' },
  },
  async run({ arguments: { positionals, options }, io, openDeck }) {
    if (positionals.length !== 1) throw usageFailure('Name one account: `tokendeck remove ACCOUNT`.')
    const deck = await openDeck()
    try {
      const account = await findAccount(deck, positionals[0]!)
      const name = account.label ?? account.email ?? account.id
      if (!options.yes) {
        const answer = await io.ask(`Forget ${name}${options.revoke ? ' and sign it out at the provider' : ''}? [y/N] `)
        if (answer === null) throw usageFailure('Nobody can be asked here: say --yes to go on.')
        if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailure(EXIT.failed, 'Nothing was removed.')
      }
      const removal = await deck.call<ApiRemoval>(
        'DELETE',
        `/api/accounts/${account.id}?revoke=${options.revoke ? 'true' : 'false'}`,
      )
      io.out(options.json ? json(removal) : `${name} was forgotten here. ${revocationText(removal)}\n`)
      return options.revoke && removal.revocation !== 'confirmed' ? EXIT.failed : EXIT.done
    } finally {
      await deck.close()
    }
  },
}

function revocationText({ revocation, revocation_code: code }: ApiRemoval): string {
  if (revocation === 'confirmed') return 'The provider confirmed the sign-out.'
  if (revocation === 'not_confirmed')
    return `The provider did not confirm the sign-out (${code ?? 'no answer'}): its login may still be valid there.`
  if (revocation === 'not_supported') return 'This login cannot be signed out at the provider from here.'
  return 'The login was left as it is at the provider.'
}
