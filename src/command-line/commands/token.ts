/** `tokendeck token`: one valid access token on standard output, nothing else. */

import type { Command } from '../command.ts'
import { EXIT, usageFailure } from '../exit-codes.ts'

export const command: Command = {
  usage: ['ACCOUNT [--min-validity SECONDS] [--json]'],
  about:
    'Prints one access token that is valid now, refreshing it first when it is due. ACCOUNT is an id, a label or an e-mail.',
  options: {
    'min-validity': { type: 'string', about: 'how long it must still be valid, in seconds' },
    json: { type: 'boolean', about: 'print JSON with type and expiry' },
  },
  async run({ arguments: { positionals, options }, io, openDeck }) {
    const [reference, surplus] = positionals
    if (reference === undefined || surplus !== undefined)
      throw usageFailure('Name one account: `tokendeck token ACCOUNT`.')
    const validity = options['min-validity']
    if (validity !== undefined && !/^\d{1,7}$/.test(String(validity)))
      throw usageFailure('--min-validity takes a number of seconds, such as 300.')
    const deck = await openDeck()
    try {
      const token = await deck.token(reference, validity === undefined ? null : Number(validity))
      // Loaded only when asked for: this command runs in shell prompts.
      io.out(options.json ? (await import('../output.ts')).json(token) : `${token.access_token}\n`)
      return EXIT.done
    } finally {
      await deck.close()
    }
  },
}
