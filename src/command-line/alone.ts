/** For commands that cannot work while anything else uses the database: says so, instead of waiting. */

import type { Config } from '../config.ts'
import type { Random } from '../lib/random.ts'
import { quietFetch } from '../process-hygiene.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import { findServer } from './find-server.ts'

/**
 * Runs what needs the database for itself; `why` is the second half of the sentence for whoever has to stop the dashboard.
 *
 * Errors: CommandFailure `busy` beside a dashboard or another command; whatever `run` throws
 */
export async function alone<T>(
  { config, random }: { config: Config; random: Random },
  why: string,
  run: () => Promise<T>,
): Promise<T> {
  const inUse = (what: string) =>
    new CommandFailure(EXIT.busy, `${what} Stop it, then try again: ${why}. Nothing was changed.`)
  const server = await findServer(config.home, quietFetch, random)
  if (server) throw inUse(`The dashboard is running at ${server.origin}.`)
  try {
    return await run()
  } catch (error) {
    if ((error as { code?: unknown }).code === 'busy') throw inUse('Another Tokendeck is using the database.')
    throw error
  }
}
