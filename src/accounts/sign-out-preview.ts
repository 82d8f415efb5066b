/**
 * What signing an account out at its provider would end: who else holds the login, and which programs use it now. Reads
 * files and process names; changes nothing and asks no provider.
 */

import type { CredentialPlace } from '../cli-credentials/credential-file.ts'
import { profilePlaces } from '../cli-credentials/credential-places.ts'
import { PROCESS_ROOT, type RunningCli, runningClis, usersOf } from '../cli-credentials/running-clis.ts'
import { type CredentialFileRow, findAccountById, listObservedFiles } from '../db/account-store.ts'
import { listCopiesOfLogin } from '../db/grant-copy-store.ts'
import { findCurrentGrant, type GrantRow } from '../db/grant-store.ts'
import type { AccountsContext } from './context.ts'
import { AccountError } from './errors.ts'
import { placeOfPath, readPlace, withCli } from './file-login.ts'
import { hasTokens } from './grant-tokens.ts'
import { namingStoreRefusals } from './store-refusals.ts'

/** Somebody else who holds the login. */
export interface LoginCopy {
  kind: 'cli_file' | 'profile' | 'machine' | 'export' | 'backup'
  /** A path or another readable place. */
  place: string
  /** The name of another machine; null on this one. */
  machine: string | null
  /** Programs that use it now, such as `claude (4242)`. */
  usedBy: string[]
}

/** What signing out would mean. */
export interface SignOutPreview {
  /**
   * What the provider can be asked to end: the whole `login`, or only the `access_token` or `setup_token` that is here.
   * `not_supported`: the provider takes no such request. `key_reset`: the token was given up with its key.
   */
  reach: 'login' | 'access_token' | 'setup_token' | 'not_supported' | 'key_reset'
  /** The provider may have handed out a newer token that never arrived here. */
  isUncertain: boolean
  copies: LoginCopy[]
  /** A CLI or another machine holds it: signing out needs a second yes. */
  needsSecondYes: boolean
}

/** Errors: AccountError account_not_found, store_failed */
export function previewSignOut(context: AccountsContext, accountId: string): Promise<SignOutPreview> {
  return namingStoreRefusals(async () => {
    const account = await findAccountById(context.database, accountId)
    const grant = account && (await findCurrentGrant(context.database, accountId))
    if (!account || !grant) throw new AccountError('account_not_found', { account: accountId })
    return previewGrant(context, account.provider, grant)
  })
}

/** The same for a grant that was read already. Errors: StoreError */
export async function previewGrant(
  context: AccountsContext,
  providerId: string,
  grant: GrantRow,
): Promise<SignOutPreview> {
  const [files, known] = await Promise.all([
    copiesInFiles(context, providerId, grant),
    listCopiesOfLogin(context.database, grant),
  ])
  const others = known
    .filter(({ place, machine }) => machine !== null || files.every((file) => file.place !== place))
    .map((copy) => ({ ...copy, kind: copy.kind as LoginCopy['kind'], usedBy: [] }))
  const copies = [...files, ...others]
  return {
    reach: reachOf(context, providerId, grant),
    isUncertain: grant.uncertainAt !== null || grant.suspectAt !== null,
    copies,
    needsSecondYes: copies.some(({ kind }) => kind !== 'export' && kind !== 'backup'),
  }
}

function reachOf(context: AccountsContext, providerId: string, grant: GrantRow): SignOutPreview['reach'] {
  if (!context.providers.get(providerId)?.revocationUrl) return 'not_supported'
  if (!hasTokens(grant)) return 'key_reset'
  if (grant.refreshTokenSealed !== null) return 'login'
  return grant.origin === 'setup_token' ? 'setup_token' : 'access_token'
}

/** The credential files of CLIs that hold this very login now. */
async function copiesInFiles(context: AccountsContext, providerId: string, grant: GrantRow): Promise<LoginCopy[]> {
  const provider = withCli(context.providers.get(providerId))
  const observed = (await listObservedFiles(context.database)).filter((file) => file.provider === providerId)
  if (!provider) return []
  const followed = grant.custody === 'cli' ? grant.credentialPath : null
  const paths = [...observed.map(({ path }) => path), ...(grant.credentialPath ? [grant.credentialPath] : [])]
  const places = [
    ...context.credentialPlaces.filter((place) => place.provider === providerId),
    ...paths.map((path) => placeOfPath(context, provider, path)),
    ...(await profilePlaces(context.profilesDirectory, [provider])),
  ].filter((place, index, all) => all.findIndex(({ path }) => path === place.path) === index)
  const running = await runningClis(PROCESS_ROOT)
  const copies = await Promise.all(
    places.map(async (place) => {
      const seen = observed.find(({ path }) => path === place.path)
      const isHeld = place.path === followed || (await holdsLogin(context, place, seen, grant))
      return isHeld ? await copyAt(place, running) : null
    }),
  )
  return copies.filter((copy) => copy !== null)
}

/** By what lies there now; where that cannot be read from here, by what was last seen. */
async function holdsLogin(
  context: AccountsContext,
  place: CredentialPlace,
  seen: CredentialFileRow | undefined,
  grant: GrantRow,
): Promise<boolean> {
  const reading = await readPlace(context, place)
  if (reading.state === 'live') {
    const { accessToken, refreshToken } = reading.tokens
    return (
      context.vault.fingerprint('access_token', accessToken) === grant.accessTokenFingerprint ||
      (refreshToken !== null &&
        context.vault.fingerprint('refresh_token', refreshToken) === grant.refreshTokenFingerprint)
    )
  }
  if (reading.state === 'blanked' || reading.state === 'api_key') return false
  return (
    seen?.state === 'live' &&
    seen.refreshTokenFingerprint !== null &&
    seen.refreshTokenFingerprint === grant.refreshTokenFingerprint
  )
}

async function copyAt(place: CredentialPlace, running: readonly RunningCli[]): Promise<LoginCopy> {
  return {
    kind: place.kind === 'profile' ? 'profile' : 'cli_file',
    place: place.path,
    machine: null,
    usedBy: await usersOf(place.directory, running),
  }
}
