/** The environment in which an account's own CLI runs as that account: where its login is held, and what must not outrank it. */

import { accountName } from '../accounts/account-summary.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { placeOfPath, withCli } from '../accounts/file-login.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { environmentOf } from '../cli-credentials/cli-environment.ts'
import { CLIS } from '../cli-credentials/clis/index.ts'
import type { CliName } from '../cli-credentials/credential-file.ts'

export interface AccountEnvironment {
  accountId: string
  accountName: string
  provider: string
  cli: CliName
  /** Where a CLI of this machine holds the login; null when none does, and it would need a profile first. */
  directory: string | null
  /** Variables to set, and those that must not be set. */
  set: Record<string, string>
  unset: string[]
  /** The variable that takes a bare access token. */
  tokenVariable: string
}

/**
 * The environment of the place that holds an account's login.
 *
 * Errors: AccountError `account_not_found`, `method_not_offered` for a provider without a CLI
 */
export async function environmentOfAccount(context: AccountsContext, accountId: string): Promise<AccountEnvironment> {
  const account = await getAccount(context, accountId)
  const provider = withCli(context.providers.get(account.provider))
  if (provider === null) {
    throw new AccountError('method_not_offered', { provider: account.providerName, method: 'cli_profile' })
  }
  const named = { accountId: account.id, accountName: accountName(account), provider: provider.id, cli: provider.cli }
  const { tokenVariable, outrankingVariables } = CLIS[provider.cli]
  const isHeldHere = account.custody === 'cli' && account.credentialMachine === null
  if (!isHeldHere || account.credentialPath === null) {
    return { ...named, directory: null, set: {}, unset: [...outrankingVariables], tokenVariable }
  }
  const place = placeOfPath(context, provider, account.credentialPath)
  // What lies in the Keychain is used in the place that it stands for.
  if (place.entry?.format === 'keychain') {
    const own = placeOfPath(context, provider, place.entry.file)
    return { ...named, directory: own.directory, ...environmentOf(own), tokenVariable }
  }
  if (place.entry)
    throw new AccountError('place_of_tool', { path: place.path, tool: place.entry.tool ?? place.entry.file })
  return { ...named, directory: place.directory, ...environmentOf(place), tokenVariable }
}
