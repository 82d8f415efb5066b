/** A CLI's file as it was seen, with the login of an account in it: kept, and not on any disk. */

import type { AccountsContext } from '../accounts/context.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { thisMachineId } from '../accounts/machines.ts'
import { saveCredentialFile } from '../db/credential-file-store.ts'
import { aCopy } from './a-copy.ts'
import { currentGrant } from './connected-account.ts'

/** Keeps that the file of an account's CLI was looked at, and holds a copy of its login. */
export async function observeFileOf(context: AccountsContext, accountId: string, changes: object = {}): Promise<void> {
  const grant = await currentGrant(context, accountId)
  const { subject, organization, provider } = await getAccount(context, accountId)
  const file = {
    machineId: thisMachineId(context),
    path: '/home/ada/.claude/.credentials.json',
    provider,
    kind: 'default',
    accountId,
    state: 'live',
    observedAt: context.clock.now(),
    modifiedAt: null,
    subject,
    organizationId: organization?.id ?? null,
    email: null,
    refreshTokenFingerprint: grant.refreshTokenFingerprint,
    accessTokenExpiresAt: null,
    ...changes,
  }
  const { refreshTokenFingerprint } = file
  await saveCredentialFile(context.database, file, [aCopy({ accountId, refreshTokenFingerprint })])
}
