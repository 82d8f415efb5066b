/** Says whether a switch did what it was to do: by the CLI itself where it is installed, by its file otherwise. */

import { accountName } from '../accounts/account-summary.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { machineOf } from '../accounts/file-login.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { loginOf } from '../cli-credentials/harvest-login.ts'
import { readPlaceFiles } from '../cli-credentials/place-files.ts'
import type { HarvestedLogin } from '../cli-credentials/writable-login.ts'
import { noteActivation } from '../db/activation-store.ts'
import { findCurrentGrant } from '../db/grant-store.ts'
import { askCli } from './ask-cli.ts'
import type { SwitchRecord } from './backups.ts'
import type { ProviderPlace } from './cli-place.ts'
import { isHeldIn } from './outgoing.ts'

/** `other`: the CLI named somebody else. `overwritten`: another program has put another login there since. */
export interface Verification {
  state: 'there' | 'other' | 'overwritten'
  as: string
  by: 'cli' | 'file'
}

/**
 * Verifies that a place holds what it was given, and keeps the answer with the switch when it does.
 *
 * Shape:  `accountId` null: no login is to be there
 * Errors: CredentialError where the files cannot be read; AccountError; StoreError
 */
export async function verifySwitch(
  context: AccountsContext,
  place: ProviderPlace,
  { activation }: Pick<SwitchRecord, 'activation'>,
  { asksCli = true } = {},
): Promise<Verification> {
  const verification = await verify(context, place, activation.accountId, asksCli)
  if (verification.state !== 'there') return verification
  const at = context.clock.now()
  const { provider, directory, accountId, actor, restores } = activation
  const kind = restores ? 'place.restored' : accountId === null ? 'place.emptied' : 'account.activated'
  const details = { provider, directory, verifiedAs: verification.as, verifiedBy: verification.by }
  const events = [{ at, accountId: accountId ?? activation.previousAccountId, kind, actor, details }]
  const changes = { verifiedAt: at, verifiedAs: verification.as, verifiedBy: verification.by }
  await noteActivation(context.database, activation.id, changes, { events })
  return verification
}

async function verify(
  context: AccountsContext,
  { provider, place }: ProviderPlace,
  accountId: string | null,
  asksCli: boolean,
): Promise<Verification> {
  if (accountId === null) return { state: 'there', as: '', by: 'file' }
  const held = loginOf(await readPlaceFiles(place, machineOf(context)))
  const account = await getAccount(context, accountId)
  const name = account.email ?? accountName(account)
  if (held === null || !(await isOf(context, { provider, place }, accountId, held))) {
    return { state: 'overwritten', as: held?.identity?.email ?? '—', by: 'file' }
  }
  const answer = asksCli ? await askCli(context, place, held.accessTokenExpiresAt) : null
  // Another kind of login that outranks this one says nothing about whether this one is in its place.
  if (answer === null || answer.otherMethod !== null) return { state: 'there', as: name, by: 'file' }
  const isOther =
    !answer.isSignedIn ||
    differs(answer.email, account.email) ||
    differs(answer.organizationId, account.organization?.id ?? null)
  return { state: isOther ? 'other' : 'there', as: answer.email ?? (isOther ? '—' : name), by: 'cli' }
}

/** The very tokens that were written, or newer ones of the same account: the CLI may have used its turn. */
async function isOf(
  context: AccountsContext,
  place: ProviderPlace,
  accountId: string,
  held: HarvestedLogin,
): Promise<boolean> {
  const grant = await findCurrentGrant(context.database, accountId)
  if (context.vault.fingerprint('access_token', held.accessToken) === grant?.accessTokenFingerprint) return true
  return isHeldIn(context, place, accountId)
}

function differs(said: string | null, expected: string | null): boolean {
  return said !== null && expected !== null && said.toLowerCase() !== expected.toLowerCase()
}
