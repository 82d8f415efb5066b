/** `tokendeck remove`: forgets an account here and, when asked, signs it out at the provider. */

import type { Command } from '../command.ts'
import { type Deck, findAccount } from '../deck.ts'
import { CommandFailure, EXIT, usageFailure } from '../exit-codes.ts'
import { json } from '../output.ts'

interface ApiRemoval {
  revocation: string
  revocation_code?: string | null
}

interface ApiSignOutPreview {
  reach: string
  uncertain: boolean
  needs_second_yes: boolean
  copies: { kind: string; place: string; machine: string | null; used_by: string[] }[]
}

/** What ends with the sign-out, by how far it reaches. */
const REACH: Record<string, string> = {
  access_token: 'Only an access token is kept here: the provider is asked to end that token, not the whole login.',
  setup_token: 'The setup token stops working wherever it is used.',
  not_supported: 'This provider takes no sign-out from programs: end the session there.',
  key_reset: 'Its token was given up with the former encryption key: end the session at the provider.',
}

export const command: Command = {
  usage: ['ACCOUNT [--revoke [--even-cli]] [--yes] [--json]'],
  about:
    'Forgets an account here. --revoke also asks the provider to end the login, for everybody who holds a copy of it; a provider that cannot do it now goes on being asked for seven days while the dashboard runs.',
  options: {
    revoke: { type: 'boolean', about: 'sign out at the provider too' },
    'even-cli': { type: 'boolean', about: 'sign out although a CLI or another machine holds the login' },
    yes: { type: 'boolean', short: 'y', about: 'do not ask' },
    json: { type: 'boolean', about: 'print JSON' },
  },
  async run({ arguments: { positionals, options }, io, openDeck }) {
    if (positionals.length !== 1) throw usageFailure('Name one account: `tokendeck remove ACCOUNT`.')
    if (options['even-cli'] && !options.revoke) throw usageFailure('--even-cli belongs to --revoke.')
    const deck = await openDeck()
    try {
      const account = await findAccount(deck, positionals[0]!)
      const name = account.label ?? account.email ?? account.id
      if (!options.yes) {
        if (options.revoke) for (const line of await consequences(deck, account.id)) io.say(line)
        const answer = await io.ask(`Forget ${name}${options.revoke ? ' and sign it out at the provider' : ''}? [y/N] `)
        if (answer === null) throw usageFailure('Nobody can be asked here: say --yes to go on.')
        if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailure(EXIT.failed, 'Nothing was removed.')
      }
      const query = `revoke=${Boolean(options.revoke)}${options['even-cli'] ? '&confirm_cli=true' : ''}`
      const removal = await deck.call<ApiRemoval>('DELETE', `/api/accounts/${account.id}?${query}`)
      io.out(options.json ? json(removal) : `${name} was forgotten here. ${revocationText(removal)}\n`)
      if (!options.revoke || removal.revocation === 'confirmed') return EXIT.done
      return removal.revocation === 'pending' ? EXIT.tryLater : EXIT.failed
    } finally {
      await deck.close()
    }
  },
}

/** What a sign-out would end, said before anybody is asked. */
async function consequences(deck: Deck, accountId: string): Promise<string[]> {
  const preview = await deck.call<ApiSignOutPreview>('GET', `/api/accounts/${accountId}/sign-out`)
  const places = preview.copies.map(({ kind, place, machine, used_by: usedBy }) => {
    const where = machine === null ? '' : ` on ${machine}`
    return `  ${place}${where} (${kind.replace('_', ' ')})${usedBy.length > 0 ? `, in use by ${usedBy.join(', ')}` : ''}`
  })
  return [
    ...(REACH[preview.reach] ? [REACH[preview.reach]!] : []),
    ...(preview.uncertain ? ['The provider may have handed out a newer token that this sign-out cannot name.'] : []),
    ...(places.length > 0 ? ['The login is also here, and would end there:', ...places] : []),
    ...(preview.needs_second_yes ? ['That needs a second yes: --even-cli.'] : []),
  ]
}

function revocationText({ revocation, revocation_code: code }: ApiRemoval): string {
  if (revocation === 'confirmed') return 'The provider confirmed the sign-out.'
  if (revocation === 'pending')
    return `The provider could not sign it out yet (${code ?? 'no answer'}): its login is still valid there. The dashboard goes on trying while it runs.`
  if (revocation === 'not_confirmed')
    return `The provider did not confirm the sign-out (${code ?? 'no answer'}): its login may still be valid there.`
  if (revocation === 'not_supported') return 'This login cannot be signed out at the provider from here.'
  return 'The login was left as it is at the provider.'
}
