/** Reads the profile of an account that was just connected and has none yet. The daily reading is a job of recurring-work.ts. */

import type { AccountsContext } from '../accounts/context.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { readProfile } from '../accounts/read-profile.ts'
import { errorName } from '../lib/log.ts'

/** Listens for new accounts. The result stops it, and resolves when its readings have ended. */
export function startProfileReader(context: AccountsContext): () => Promise<void> {
  let readings = Promise.resolve()
  const unsubscribe = context.events.subscribe((event) => {
    if (event.type !== 'account.connected') return
    readings = readings.then(() => readNew(context, event.accountId))
  })
  return async () => {
    unsubscribe()
    await readings
  }
}

async function readNew(context: AccountsContext, accountId: string): Promise<void> {
  try {
    const account = await getAccount(context, accountId)
    if (account.data.status === 'never_read' || account.data.status === 'old') await readProfile(context, accountId)
  } catch (error) {
    context.log.debug('profile.not_read', {
      account: accountId,
      error: errorName(error),
    })
  }
}
