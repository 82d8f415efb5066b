/** Where things of one installation lie that more than one file must know. Opens nothing. */

import { dirname, join } from 'node:path'
import { HighWaterMark } from './accounts/high-water-file.ts'
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

/** Answers that the database has not taken yet; see accounts/answer-spool.ts. */
export function spoolDirectoryOf({ home }: Pick<Config, 'home'>): string {
  return join(home, 'spool')
}

/** Where config.toml of a restore waits until the restored database is in its place. */
export function waitingConfigOf(configFile: string): string {
  return `${configFile}.restoring`
}
