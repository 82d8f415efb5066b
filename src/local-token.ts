/**
 * A token from this process while no server runs, by the short way where that is open: nothing of the application is loaded
 * then. Looks at what `openContext` would look at before it opens the database.
 */

import { existsSync, statSync } from 'node:fs'
import type { IssuedToken } from './accounts/issued-token.ts'
import { tokenAtHand } from './accounts/token-at-hand.ts'
import type { Config } from './config.ts'
import { filePathOf, leftAt } from './db/database-file.ts'
import { highWaterMarkOf, spoolDirectoryOf, waitingConfigOf } from './home-places.ts'
import { SECOND_MS, systemClock } from './lib/clock.ts'
import { systemRandom } from './lib/random.ts'
import { tidyProcess } from './process-hygiene.ts'

/**
 * The token of an account that a person named, if it is good now (for so long, when seconds are given).
 *
 * Shape:  null = take the long way, which does what must be done or says what is wrong; nothing was written then
 * Errors: DatabaseRefusal `url_invalid`
 */
export async function localToken(
  config: Config,
  reference: string,
  minValiditySeconds: number | null,
): Promise<IssuedToken | null> {
  const databaseFile = filePathOf(config.databaseUrl)
  if (databaseFile === null || !isPrivate(config.home) || !isConfigKnown(config.configFile, databaseFile)) return null
  tidyProcess()
  const { keySource, keyFile, passphraseFile } = config
  const places = {
    ...{ databaseFile, keySource, keyFile, passphraseFile, clock: systemClock, random: systemRandom },
    spoolDirectory: spoolDirectoryOf(config),
    highWaterMark: highWaterMarkOf(config),
  }
  return tokenAtHand(places, reference, minValiditySeconds === null ? undefined : minValiditySeconds * SECOND_MS)
}

/** A home that is missing or wider than its owner is for the long way to make or to narrow. */
function isPrivate(home: string): boolean {
  const stat = statSync(home, { throwIfNoEntry: false })
  return stat !== undefined && (process.platform === 'win32' || (stat.mode & 0o077) === 0)
}

/** Config.toml was there, and so was read and taken, before the database was last closed in order. */
function isConfigKnown(configFile: string, databaseFile: string): boolean {
  const changedAt = statSync(configFile, { throwIfNoEntry: false })?.ctimeMs ?? 0
  return changedAt < (leftAt(databaseFile) ?? 0) && !existsSync(waitingConfigOf(configFile))
}
