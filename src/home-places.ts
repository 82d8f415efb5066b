/** Where things of one installation lie that a copy of its home alone must not decide about. Opens nothing. */

import { dirname, join } from 'node:path'
import { HighWaterMark } from './accounts/high-water-mark.ts'
import type { Config } from './config.ts'
import { filePathOf } from './db/database-file.ts'

/**
 * The marks of how far the database has come: in the home, and beside the key.
 *
 * Errors: DatabaseRefusal `url_invalid`
 */
export function highWaterMarkOf({ home, keyFile, databaseUrl }: Config): HighWaterMark {
  return new HighWaterMark({
    home: join(home, 'high-water.json'),
    outside: dirname(keyFile),
    databaseFile: filePathOf(databaseUrl),
  })
}
