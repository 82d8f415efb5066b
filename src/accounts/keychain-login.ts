/**
 * A login that Claude Code keeps in the macOS Keychain. It is opened by `security`, only by an act of the person, because
 * macOS asks them each time; nothing here looks by itself. What is linked this way is as old as the last look.
 */

import { realpath } from 'node:fs/promises'
import type { CredentialPlace } from '../cli-credentials/credential-file.ts'
import { isOpenedOnRequest, keyringItem } from '../cli-credentials/keyring-items.ts'
import { judgeStored } from '../cli-credentials/read-credentials.ts'
import { listFollowedGrants } from '../db/credential-file-store.ts'
import { MINUTE_MS } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'
import type { AccountSummary } from './account-summary.ts'
import { adoptReading } from './adopt-from-file.ts'
import type { AccountsContext, Actor } from './context.ts'
import { AccountError } from './errors.ts'
import { type FileLogin, fileRefusal, machineOf, withCli } from './file-login.ts'
import { linkLogin } from './link-account.ts'
import { getAccount } from './list-accounts.ts'
import { thisMachineId } from './machines.ts'
import { observeFile } from './observe-file.ts'
import { namingStoreRefusals } from './store-refusals.ts'
import { takeOverLogin } from './take-over-account.ts'

/** The person has this long to answer macOS. */
const ANSWER_MS = 2 * MINUTE_MS

/** The path under which an item of the Keychain is known: that of the file in whose stead it is, and its name. */
export async function keychainPlace(place: CredentialPlace): Promise<CredentialPlace> {
  const { service } = keyringItem(place, await realpath(place.directory).catch(() => place.directory))
  const entry = { format: 'keychain' as const, file: place.path, name: service, tool: 'Claude Code' }
  return { ...place, path: `${place.path}#keychain:${service}`, entry }
}

/**
 * Opens the item of a place, and links or takes over what is in it; what is linked already is looked at again.
 *
 * Errors: AccountError keychain_not_here, keychain_refused, the `file_…` that says what is wrong with its content, and what
 *   linking and taking over refuse
 */
export function readFromKeychain(
  context: AccountsContext,
  { path, mode, actor }: { path: string; mode: 'link' | 'take_over'; actor: Actor },
): Promise<AccountSummary> {
  return namingStoreRefusals(async () => {
    const login = await openItem(context, path)
    const request = { path: login.place.path, actor }
    if (mode === 'take_over') return takeOverLogin(context, login, request)
    return (await lookAgain(context, login)) ?? linkLogin(context, login, request)
  })
}

async function openItem(context: AccountsContext, path: string): Promise<FileLogin> {
  const { platform } = machineOf(context)
  const own = context.credentialPlaces.find((place) => place.path === path && isOpenedOnRequest(place, platform))
  const provider = withCli(context.providers.get(own?.provider ?? ''))
  const security = own ? await context.programs.find('security') : null
  if (!own || !provider || security === null) throw new AccountError('keychain_not_here', { path })
  const place = await keychainPlace(own)
  const { environment } = context.programs
  const user = environment.USER ?? environment.LOGNAME
  const item = ['-s', place.entry!.name!, ...(user ? ['-a', user] : [])]
  const run = await context.programs.run(security, ['find-generic-password', ...item, '-w'], {
    env: environment,
    cwd: '/',
    timeoutMs: ANSWER_MS,
  })
  if (run.exitCode !== 0) {
    throw new AccountError('keychain_refused', { item: place.entry!.name, detail: `${run.exitCode ?? run.end}` })
  }
  const reading = await judgeStored(
    own,
    new Secret(plainText(run.stdout.trim())),
    context.clock.now(),
    machineOf(context),
  )
  if (reading.state !== 'live') throw fileRefusal({ ...place, path: `Keychain: ${place.entry!.name}` }, reading)
  return { provider, place, reading }
}

/** `security` prints what is not plain ASCII as hexadecimal digits. */
function plainText(text: string): string {
  return /^([0-9a-f]{2})+$/i.test(text) ? Buffer.from(text, 'hex').toString('utf8') : text
}

/** Another look at what is linked; null when nothing is. */
async function lookAgain(
  context: AccountsContext,
  { provider, place, reading }: FileLogin,
): Promise<AccountSummary | null> {
  const followed = await listFollowedGrants(context.database, { machineId: thisMachineId(context) })
  const one = followed.find(({ grant }) => grant.isFollowed && grant.credentialPath === place.path)
  if (!one) return null
  const { adoption, identity } = await adoptReading(context, provider, one, reading)
  // Somebody else's login by now: it is linked like any other that was found.
  if (adoption === 'other_account') return null
  await observeFile(context, place, reading, identity)
  return getAccount(context, one.account.id)
}
