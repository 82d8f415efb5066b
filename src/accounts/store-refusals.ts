/** What acts do about a database that refuses: say so in one word, or try again for a while. */

import { StoreError } from '../db/query.ts'
import { type BackoffShape, backoffMs } from '../lib/backoff.ts'
import type { AccountsContext } from './context.ts'
import { AccountError } from './errors.ts'

/** Runs an act. Errors: whatever it throws; a StoreError comes out as AccountError `store_failed` */
export async function namingStoreRefusals<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw error instanceof StoreError ? new AccountError('store_failed') : error
  }
}

/** How often something is written before it is given up, and the waits between. */
export interface Persistence {
  tries: number
  waits: BackoffShape
}

/** Writes in spite of a busy or full database, for a while. Errors: the last StoreError; anything else at once */
export async function persistently<T>(
  { clock, random }: Pick<AccountsContext, 'clock' | 'random'>,
  { tries, waits }: Persistence,
  write: () => Promise<T>,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await write()
    } catch (error) {
      if (!(error instanceof StoreError) || failures === tries) throw error
      await clock.sleep(backoffMs(waits, failures, random))
    }
  }
}
