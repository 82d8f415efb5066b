/**
 * Gives a CLI that holds no lock while it renews the time to write what it was given, before its login is replaced: it
 * would find another account in its file then, and drop the only copy of the newest token. Changes nothing.
 */

import type { AccountsContext } from '../accounts/context.ts'
import { readPlace } from '../accounts/file-login.ts'
import { CLIS } from '../cli-credentials/clis/index.ts'
import { runningClis, usersOf } from '../cli-credentials/running-clis.ts'
import { MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import type { ProviderPlace } from './cli-place.ts'

/** Source: codex 0.169.0 renews a token that ends within five minutes; a minute more for clocks that differ. */
const RENEWS_WITHIN_MS = 6 * MINUTE_MS
/** An answer takes a second or two. */
const WAIT_MS = 10 * SECOND_MS
const LOOK_EVERY_MS = 250

/**
 * Waits while a running CLI may be renewing the login of a place: at most ten seconds, and not at all where none runs or
 * its token is not due.
 *
 * Shape:  → true when it may be renewing still, so that the token in its file may be spent
 * Errors: none expected
 */
export async function awaitRenewal(context: AccountsContext, { place }: ProviderPlace): Promise<boolean> {
  if (CLIS[place.cli].holdsLocksWhileRenewing) return false
  const { clock } = context
  const before = await dueToken(context, place)
  const until = clock.monotonic() + WAIT_MS
  while (before !== null && (await isUsed(context, place.directory))) {
    const now = await dueToken(context, place)
    if (now === null || !now.equals(before.reveal())) return false
    if (clock.monotonic() >= until) {
      context.log.warn('switch.renewal_not_awaited', { path: place.path })
      return true
    }
    await clock.sleep(LOOK_EVERY_MS)
  }
  return false
}

/** The access token of a place whose CLI would renew it now; null when it would not. */
async function dueToken(context: AccountsContext, place: ProviderPlace['place']) {
  const reading = await readPlace(context, place)
  if (reading.state !== 'live') return null
  const { accessToken, accessTokenExpiresAt: expiresAt } = reading.tokens
  return expiresAt !== null && expiresAt - context.clock.now() < RENEWS_WITHIN_MS ? accessToken : null
}

async function isUsed({ system }: AccountsContext, directory: string): Promise<boolean> {
  return (await usersOf(directory, await runningClis(system.processRoot))).length > 0
}
