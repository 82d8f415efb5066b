/** `tokendeck serve`: the dashboard, as `npm start` runs it. */

import type { Command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'

export const command: Command = {
  usage: [''],
  about: 'Runs the dashboard until it is stopped, and prints its address and a one-time sign-in link.',
  options: {},
  async run({ config }) {
    const { serve } = await import('../../main.ts')
    await serve(config)
    return EXIT.done
  },
}
