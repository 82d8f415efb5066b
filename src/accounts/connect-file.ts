/** The last step of an import: the login of a chosen file is put to its account, and what was seen is kept. */

import type { Identity } from '../oauth/identity.ts'
import type { AccountSummary } from './account-summary.ts'
import type { ImportRequest } from './choose-file.ts'
import { type ConnectRequest, connectAccount } from './connect-account.ts'
import type { AccountsContext } from './context.ts'
import { type FileLogin, foreignClientId, tokenSetOf } from './file-login.ts'
import { readLabel } from './label.ts'
import { getAccount } from './list-accounts.ts'
import { observeFile } from './observe-file.ts'

/**
 * Connects the account of a file's login.
 *
 * Errors: AccountError label_invalid, what connecting refuses; StoreError
 */
export async function connectFile(
  context: AccountsContext,
  { provider, place, reading }: FileLogin,
  identity: Identity,
  { label, actor }: ImportRequest,
  way: Pick<ConnectRequest, 'custody' | 'origin'>,
): Promise<AccountSummary> {
  const { accountId } = await connectAccount(context, {
    ...way,
    provider,
    tokens: tokenSetOf(reading),
    identity,
    label: readLabel(label),
    credentialPath: place.path,
    clientId: foreignClientId(provider, reading.tokens.clientId),
    actor,
  })
  await observeFile(context, place, reading, identity)
  return getAccount(context, accountId)
}
