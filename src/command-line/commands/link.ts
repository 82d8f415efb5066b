/** `tokendeck link`: a one-time sign-in link for a browser. */

import { refuseSurplus } from '../arguments.ts'
import type { Command } from '../command.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { json } from '../output.ts'

export const command: Command = {
  usage: ['[--json]'],
  about: 'Prints a link that signs one browser in to the running dashboard. It works once, within ten minutes.',
  options: { json: { type: 'boolean', about: 'print JSON' } },
  async run({ arguments: given, io, openDeck }) {
    refuseSurplus(given, 0)
    const { options } = given
    const deck = await openDeck()
    try {
      if (!deck.isServed)
        throw new CommandFailure(
          EXIT.failed,
          'No dashboard is running. Start it with `npm start` (or `tokendeck serve`): it prints a link.',
        )
      const link = await deck.call<{ url: string; expires_at: string }>('POST', '/api/login-links')
      io.out(options.json ? json(link) : `${link.url}\n`)
      return EXIT.done
    } finally {
      await deck.close()
    }
  },
}
