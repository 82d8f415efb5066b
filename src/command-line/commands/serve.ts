/** `tokendeck serve`: the dashboard, as `npm start` runs it. */

import { refuseSurplus } from '../arguments.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'

export const command: Command = {
  usage: [''],
  about: 'Runs the dashboard until it is stopped, and prints its address and a one-time sign-in link.',
  options: {},
  async run({ arguments: given, config }) {
    refuseSurplus(given, 0)
    const { serve } = await import('../../main.ts')
    await serve(config)
    return EXIT.done
  },
}
