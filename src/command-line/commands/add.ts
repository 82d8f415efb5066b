/** `tokendeck add`: a token from standard input, never from an argument: arguments are visible to other users. */

import type { Command } from '../command.ts'
import type { ApiAccount } from '../deck.ts'
import { CommandFailure, EXIT, usageFailure } from '../exit-codes.ts'
import { json } from '../output.ts'

const KINDS = {
  'access-token-stdin': 'access_token',
  'token-pair-stdin': 'token_pair',
  'setup-token-stdin': 'setup_token',
} as const

export const command: Command = {
  usage: [
    '--provider PROVIDER --access-token-stdin [--label LABEL] [--json]',
    '--provider PROVIDER --token-pair-stdin [--label LABEL] [--json]',
    '--provider PROVIDER --setup-token-stdin [--label LABEL] [--json]',
  ],
  about:
    'Adds a token read from standard input. A token pair is either JSON with access_token and refresh_token (and id_token, expires_at), or two lines: access token, then refresh token.',
  options: {
    provider: { type: 'string', about: 'such as claude or codex' },
    'access-token-stdin': { type: 'boolean', about: 'an access token: cannot be refreshed' },
    'token-pair-stdin': { type: 'boolean', about: 'access and refresh token: Tokendeck owns it from then on' },
    'setup-token-stdin': { type: 'boolean', about: 'a Claude setup token: for one year, inference only' },
    label: { type: 'string', about: 'a name of your own for it' },
    json: { type: 'boolean', about: 'print JSON' },
  },
  async run({ arguments: { positionals, options }, io, openDeck }) {
    const kinds = Object.entries(KINDS).filter(([option]) => options[option])
    if (kinds.length !== 1 || positionals.length > 0 || typeof options.provider !== 'string')
      throw usageFailure(
        'Say --provider and one of --access-token-stdin, --token-pair-stdin, --setup-token-stdin. Tokens are read from standard input.',
      )
    const kind = kinds[0]![1]
    const input = (await io.readInput()).trim()
    if (input === '') throw new CommandFailure(EXIT.failed, 'Nothing came on standard input.')
    const tokens = kind === 'token_pair' ? tokenPair(input) : { access_token: input }
    const deck = await openDeck()
    try {
      const account = await deck.call<ApiAccount>('POST', '/api/accounts', {
        provider: options.provider,
        kind,
        ...tokens,
        ...(typeof options.label === 'string' ? { label: options.label } : {}),
      })
      io.out(
        options.json
          ? json(account)
          : `Added ${account.label ?? account.email ?? account.id} (${account.id}). ${account.login.reason}\n`,
      )
      return EXIT.done
    } finally {
      await deck.close()
    }
  },
}

/** Fields of a token pair that the API takes; anything else in the JSON is left behind. */
const PAIR_FIELDS = ['access_token', 'refresh_token', 'id_token', 'expires_at'] as const

function tokenPair(input: string): Record<string, unknown> {
  if (input.startsWith('{')) {
    try {
      const given = JSON.parse(input) as Record<string, unknown>
      return Object.fromEntries(PAIR_FIELDS.filter((field) => field in given).map((field) => [field, given[field]]))
    } catch {
      throw new CommandFailure(EXIT.failed, 'Standard input is not whole JSON.')
    }
  }
  const [accessToken, refreshToken, surplus] = input.split(/\s+/)
  if (refreshToken === undefined || surplus !== undefined)
    throw new CommandFailure(EXIT.failed, 'A token pair is two lines: the access token, then the refresh token.')
  return { access_token: accessToken, refresh_token: refreshToken }
}
