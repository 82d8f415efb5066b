/** The environment in which an account's own CLI runs as that account: where its login is held, and what must not outrank it. */

import { accountName } from '../accounts/account-summary.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { placeOfPath, withCli } from '../accounts/file-login.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { environmentOf, TOKEN_VARIABLE } from '../cli-credentials/cli-environment.ts'
import type { CliName } from '../cli-credentials/credential-file.ts'

export interface AccountEnvironment {
  accountId: string
  accountName: string
  provider: string
  cli: CliName
  directory: string
  /** Variables to set, and those that must not be set. */
  set: Record<string, string>
  unset: string[]
  /** The variable that takes a bare access token. */
  tokenVariable: string
}

/**
 * The environment of the place that holds an account's login.
 *
 * Errors: AccountError `account_not_found`, `method_not_offered` for a provider without a CLI, `profile_needed` when no CLI
 *   holds the login, `no_refresh_token` when none could
 */
export async function environmentOfAccount(context: AccountsContext, accountId: string): Promise<AccountEnvironment> {
  const account = await getAccount(context, accountId)
  const provider = withCli(context.providers.get(account.provider))
  if (provider === null) {
    throw new AccountError('method_not_offered', { provider: account.providerName, method: 'cli_profile' })
  }
  const name = accountName(account)
  if (account.custody === 'none') throw new AccountError('no_refresh_token', {})
  if (account.custody !== 'cli' || account.credentialPath === null) {
    throw new AccountError('profile_needed', { account: name })
  }
  const place = placeOfPath(context, provider, account.credentialPath)
  return {
    accountId: account.id,
    accountName: name,
    provider: provider.id,
    cli: provider.cli,
    directory: place.directory,
    ...environmentOf(place),
    tokenVariable: TOKEN_VARIABLE[provider.cli],
  }
}
