/** `tokendeck remove`: forgets an account here and, when asked, signs it out at the provider. */

import { askYes } from '../ask-yes.ts'
import type { Command, CommandIo } from '../command.ts'
import { type ApiAccount, type Deck, findAccount } from '../deck.ts'
import { EXIT, usageFailure } from '../exit-codes.ts'
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
    yes: { type: 'boolean', short: 'y', about: 'do not ask; without a terminal, what ends a CLI’s login needs it' },
    json: { type: 'boolean', about: 'print JSON' },
  },
  async run({ arguments: { positionals, options }, io, openDeck }) {
    if (positionals.length !== 1) throw usageFailure('Name one account: `tokendeck remove ACCOUNT`.')
    if (options['even-cli'] && !options.revoke) throw usageFailure('--even-cli belongs to --revoke.')
    const deck = await openDeck()
    try {
      const account = await findAccount(deck, positionals[0]!)
      const name = account.label ?? account.email ?? account.id
      if (!options.yes) await confirm(deck, io, account, Boolean(options.revoke))
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

/** Says what will happen, and asks where somebody can be asked. A login that others hold is not ended by a script's silence. */
async function confirm(deck: Deck, io: CommandIo, account: ApiAccount, isSignOut: boolean): Promise<void> {
  const name = account.label ?? account.email ?? account.id
  const preview = isSignOut ? await deck.call<ApiSignOutPreview>('GET', `/api/accounts/${account.id}/sign-out`) : null
  if (preview) for (const line of consequences(preview)) io.say(line)
  const isAsked = await askYes(
    io,
    `Forget ${name}${isSignOut ? ' and sign it out at the provider' : ''}?`,
    'Nothing was removed.',
  )
  if (isAsked) return
  if (preview?.needs_second_yes) {
    throw usageFailure(
      'Nobody can be asked here, and this login would also end for who else holds it: say --even-cli --yes to end it there too. Nothing was removed.',
    )
  }
  io.say(`${name} is forgotten here${isSignOut ? ' and signed out at the provider' : '; its login stays valid'}.`)
}

/** What a sign-out would end, said before anybody is asked. */
function consequences(preview: ApiSignOutPreview): string[] {
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
