/** `tokendeck login`: signs in to an account at a provider, with the browser, a code to type, or a pasted answer. */

import type { Clock } from '../../lib/clock.ts'
import type { Command, CommandIo } from '../command.ts'
import { type ApiAccount, chooseAccount, type Deck } from '../deck.ts'
import { CommandFailure, EXIT, exitCodeOf, usageFailure } from '../exit-codes.ts'
import { json } from '../output.ts'

interface ApiAuthorization {
  authorization_id: string
  method: string
  authorization_url: string
  redirect_uri: string
  expires_at: string
  user_code?: string | null
  verification_uri?: string | null
}

interface ApiAuthorizationStatus {
  status: 'pending' | 'complete' | 'failed' | 'expired' | 'cancelled'
  account_id?: string | null
  error?: { code?: string; title?: string; detail?: string } | string | null
}

/** How often the command asks whether the sign-in is done, milliseconds. */
const POLL_MS = 1_000

export const command: Command = {
  usage: ['PROVIDER [--device|--paste] [--label LABEL] [--account ACCOUNT] [--json]', 'claude --console'],
  about: 'Signs in to an account of a provider (claude, codex, or one of config.toml) and keeps it alive from then on.',
  options: {
    device: { type: 'boolean', about: 'with a code that is typed on any device' },
    paste: { type: 'boolean', about: 'by pasting the code or the address you end on' },
    console: { type: 'boolean', about: 'sign in to the provider’s Console, whose logins make API keys' },
    label: { type: 'string', about: 'a name of your own for it' },
    account: { type: 'string', about: 'sign in to this account again: an id, a label or an e-mail' },
    json: { type: 'boolean', about: 'print JSON' },
  },
  async run({ arguments: { positionals, options }, io, clock, openDeck }) {
    if (positionals.length !== 1 || (options.device && options.paste))
      throw usageFailure('Name one provider: `tokendeck login claude` or `tokendeck login codex`.')
    const deck = await openDeck()
    try {
      await askConsent(deck, io, positionals[0]!)
      const known = await deck.call<ApiAccount[]>('GET', '/api/accounts')
      const ofProvider = known.filter(({ provider }) => provider === positionals[0])
      const account = await signIn(
        { deck, io, clock },
        {
          provider: positionals[0]!,
          ...(options.device ? { method: 'device' } : options.paste ? { method: 'paste' } : {}),
          ...(options.console ? { variant: 'console' } : {}),
          ...(typeof options.label === 'string' ? { label: options.label } : {}),
          ...(typeof options.account === 'string' ? { account_id: chooseAccount(ofProvider, options.account).id } : {}),
        },
      )
      if (!known.some(({ id }) => id === account.id)) await confirm(deck, io, account)
      io.out(
        options.json
          ? json(account)
          : `Signed in as ${account.email ?? account.label ?? account.id} (${account.id}).\n`,
      )
      return EXIT.done
    } finally {
      await deck.close()
    }
  },
}

/**
 * A sign-in that a command begins is bound to no browser, so the person says whether the account that came back is theirs.
 * Where nobody can be asked, whoever runs the command looks at what it prints.
 */
async function confirm(deck: Deck, io: CommandIo, account: ApiAccount): Promise<void> {
  const name = account.email ?? account.label ?? account.id
  const answer = await io.ask(`The browser came back as ${name}. Is that you? [Y/n] `)
  if (answer === null || !/^n(o)?$/i.test(answer.trim())) return
  await deck.call('DELETE', `/api/accounts/${account.id}`)
  throw new CommandFailure(EXIT.failed, `${name} was not kept. Start again, and open the address yourself.`)
}

interface ApiConsent {
  provider: string
  needed: boolean
  notice: { title: string; paragraphs: string[]; agreement: string } | null
  profile_cli: string | null
}

/**
 * Shows the notice of a provider whose terms restrict signing in here, and waits for a deliberate yes, once for this
 * installation. Where nobody can be asked it is shown, and asked about again the next time.
 */
async function askConsent(deck: Deck, io: CommandIo, provider: string): Promise<void> {
  const consents = await deck.call<ApiConsent[]>('GET', '/api/consents')
  const consent = consents.find((each) => each.provider === provider)
  if (!consent?.needed || !consent.notice) return
  const { title, paragraphs, agreement } = consent.notice
  io.say([title, ...paragraphs, ...profileHint(consent.profile_cli)].join('\n\n'))
  const answer = await io.ask(`Type “${agreement}” to go on: `)
  if (answer === null) return
  if (unquoted(answer) !== unquoted(agreement)) throw new CommandFailure(EXIT.failed, 'Nothing was begun.')
  await deck.call('POST', '/api/consents', { provider })
}

function profileHint(cli: string | null): string[] {
  return cli === null ? [] : [`The dashboard offers that profile; \`tokendeck import\` links a login of ${cli} itself.`]
}

function unquoted(text: string): string {
  return text
    .trim()
    .replace(/^[“"]|[”"]$/g, '')
    .toLowerCase()
}

interface Signing {
  deck: Deck
  io: CommandIo
  clock: Clock
}

async function signIn({ deck, io, clock }: Signing, request: Record<string, string>): Promise<ApiAccount> {
  const authorization = await deck.call<ApiAuthorization>('POST', '/api/oauth/authorize', request)
  if (authorization.method === 'device') {
    io.say(`Open ${authorization.verification_uri} and enter the code  ${authorization.user_code}`)
    return waitFor(deck, clock, authorization)
  }
  io.say(`Open this address in a browser and sign in:\n\n  ${authorization.authorization_url}\n`)
  if (authorization.method === 'callback') {
    io.say('Waiting for the browser to come back… (Ctrl-C ends it)')
    return waitFor(deck, clock, authorization)
  }
  const pasted = (await io.ask('Paste the code or the address you ended on: ')) ?? (await io.readInput())
  return deck.call<ApiAccount>('POST', '/api/oauth/exchange', {
    authorization_id: authorization.authorization_id,
    response: pasted.trim(),
  })
}

async function waitFor(deck: Deck, clock: Clock, authorization: ApiAuthorization): Promise<ApiAccount> {
  for (;;) {
    const state = await deck.call<ApiAuthorizationStatus>(
      'GET',
      `/api/oauth/authorizations/${authorization.authorization_id}`,
    )
    if (state.status === 'complete') return deck.call<ApiAccount>('GET', `/api/accounts/${state.account_id}`)
    if (state.status !== 'pending') throw new CommandFailure(exitCodeOf(codeOf(state)), failureText(state))
    await clock.sleep(POLL_MS)
  }
}

function codeOf({ error }: ApiAuthorizationStatus): string {
  return (typeof error === 'string' ? error : error?.code) ?? ''
}

function failureText({ status, error }: ApiAuthorizationStatus): string {
  if (status === 'expired') return 'The sign-in took longer than it may and has expired. Start again.'
  if (status === 'cancelled') return 'The sign-in was cancelled.'
  if (typeof error === 'string') return error
  return [error?.title ?? 'The sign-in failed', error?.detail].filter(Boolean).join('. ')
}
