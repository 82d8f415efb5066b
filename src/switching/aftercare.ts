/**
 * Looks once more at files that were just written: a program that had the old file open may have written its newest token
 * there, where nobody would find it. Brings such a token home; writes no file.
 */

import { adoptReading } from '../accounts/adopt-from-file.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { thisMachineId } from '../accounts/machines.ts'
import { judgeCredentials } from '../cli-credentials/read-credentials.ts'
import { confirmWritten, type WrittenFile } from '../cli-credentials/replace-file.ts'
import { findAccountAndGrant } from '../db/grant-store.ts'
import type { Secret } from '../lib/secret.ts'
import type { ProviderPlace } from './cli-place.ts'
import type { Leaving } from './outgoing.ts'
import { lookAfter } from './under-way.ts'

/** Looks after files that were written, and after the logins that were in them. */
export function careForWritten(
  context: AccountsContext,
  place: ProviderPlace,
  written: readonly WrittenFile[],
  leaving: readonly Leaving[],
): void {
  for (const file of written) {
    lookAfter(context, async (signal) => {
      try {
        const confirmation = await confirmWritten(file, { clock: context.clock, signal })
        if (confirmation.state === 'written_aside') await rescue(context, place, confirmation.text, leaving)
      } finally {
        await file.close()
      }
    })
  }
}

/** Adopts what was written into the replaced file, for the account that was held there. */
async function rescue(
  context: AccountsContext,
  { provider, place }: ProviderPlace,
  text: Secret,
  leaving: readonly Leaving[],
): Promise<void> {
  const reading = judgeCredentials(place, text, context.clock.now())
  for (const { accountId } of leaving) {
    const found = await findAccountAndGrant(context.database, accountId)
    if (!found) continue
    const grant = { ...found.grant, credentialPath: place.path, isFollowed: false }
    const { adoption } = await adoptReading(context, provider, { account: found.account, grant }, reading)
    context.log.warn('switch.written_aside', { account: accountId, adoption, machine: thisMachineId(context) })
  }
}
