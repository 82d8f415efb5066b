/**
 * The login in a credential file, as the domain sees it: which place a path is, whose login it holds, and the refusal
 * that fits an unusable file. Reads and asks; writes nothing.
 */

import { dirname, join, resolve, sep } from 'node:path'
import type { CredentialPlace, CredentialReading } from '../cli-credentials/credential-file.ts'
import { placeAt, profilePlace } from '../cli-credentials/credential-places.ts'
import { type Machine as CliMachine, readCredentials } from '../cli-credentials/read-credentials.ts'
import type { WriteMachine } from '../cli-credentials/replace-file.ts'
import { entryPlace, type FileEntry, parseEntryPath } from '../cli-credentials/token-file.ts'
import { type Identity, isSameIdentity } from '../oauth/identity.ts'
import { fetchProfile } from '../oauth/profile.ts'
import type { Provider } from '../oauth/provider.ts'
import type { TokenSet } from '../oauth/token-set.ts'
import type { AccountsContext } from './context.ts'
import { AccountError } from './errors.ts'

export type LiveReading = CredentialReading & { state: 'live' }

/** A file with a login in it. */
export interface FileLogin {
  provider: Provider & { cli: NonNullable<Provider['cli']> }
  place: CredentialPlace
  reading: LiveReading
}

/** The machine, for whoever reads and writes the CLIs' files. */
export function machineOf({ clock, random, system }: AccountsContext): CliMachine & WriteMachine {
  return { clock, random, uid: system.uid, platform: system.platform }
}

/** What lies in a place now. Waits up to a second for a writer. */
export function readPlace(context: AccountsContext, place: CredentialPlace): Promise<CredentialReading> {
  return readCredentials(place, machineOf(context))
}

/** The place that a path is: one of the CLIs' own, a profile of ours, or any other. */
export function placeOfPath(context: AccountsContext, provider: FileLogin['provider'], path: string): CredentialPlace {
  const file = resolve(path)
  const known = context.credentialPlaces.find((place) => place.path === file && place.provider === provider.id)
  if (known) return known
  const isProfile = dirname(dirname(file)) === resolve(context.profilesDirectory)
  const profile = isProfile ? profilePlace(provider.cli, provider.id, dirname(file)) : null
  if (profile?.path === file) return profile
  const entry = parseEntryPath(path)
  if (entry) return entryPlaceOf(context, provider, entry)
  const isElsewhere = isForeign(context, file)
  return { ...placeAt(provider.cli, provider.id, file), ...(isElsewhere && { hasModes: false }) }
}

/** True for a place that is opened by an act of the person, never by a look of our own. */
export function isReadOnClick({ entry }: CredentialPlace): boolean {
  return entry?.format === 'keychain'
}

function entryPlaceOf(
  context: AccountsContext,
  provider: FileLogin['provider'],
  entry: Pick<FileEntry, 'format' | 'file' | 'name'>,
): CredentialPlace {
  // The agents of openclaw share the directory above `agents/NAME/agent`.
  const [, shared] = /^(.*)[/\\]agents[/\\][^/\\]+[/\\]agent[/\\][^/\\]+$/.exec(entry.file) ?? []
  const directory = shared ?? dirname(entry.file)
  const isElsewhere = isForeign(context, entry.file)
  return {
    ...entryPlace(entry, { cli: provider.cli, provider: provider.id, directory }),
    ...(isElsewhere && { hasModes: false }),
  }
}

/** On a disk of Windows, or of a Linux system inside it. */
function isForeign({ otherHomes }: AccountsContext, file: string): boolean {
  const roots = [...(otherHomes?.windowsUsers ?? []), ...(otherHomes?.linuxRoots ?? [])]
  return roots.some((root) => file.startsWith(join(root, sep)))
}

/** The provider when it has a CLI whose files can be read, else null. */
export function withCli(provider: Provider | undefined): FileLogin['provider'] | null {
  return provider?.cli ? (provider as FileLogin['provider']) : null
}

/** The tokens of a file in the shape that a token answer has. */
export function tokenSetOf({ tokens, warnings }: LiveReading): TokenSet {
  const scopes = warnings.includes('scopes_untold') ? null : tokens.scopes
  const { accessToken, refreshToken, idToken, accessTokenExpiresAt, loginExpiresAt } = tokens
  return { accessToken, refreshToken, idToken, scopes, accessTokenExpiresAt, loginExpiresAt, subjectHint: null }
}

/** The client that obtained a login, where that is another than the provider's own. */
export function foreignClientId(provider: Pick<Provider, 'clientId'>, clientId: string | null): string | undefined {
  return clientId === null || clientId === provider.clientId ? undefined : clientId
}

/** Who the files themselves say the login belongs to; null when they do not say. May lag behind a switch. */
export function claimedIdentity(provider: Provider, reading: LiveReading): Identity | null {
  return provider.readIdentity(tokenSetOf(reading), null) ?? reading.identity
}

/** Whose login it is, as well as can be told now. */
export interface ProvenIdentity {
  identity: Identity
  /** False when only a file says so that may lag behind, and the provider could not be asked. */
  isCertain: boolean
  /** True when asking the provider again may make it certain. */
  isWorthAnotherLook: boolean
  /** The provider no longer takes the file's access token, which is not over: the file's login is. */
  isRejected?: boolean
}

/**
 * Who the login belongs to, for acts that depend on it. Where only a neighbouring file names the account, the profile is
 * asked with the file's own access token, because that file can still name the account that was there before.
 *
 * Shape:  null when nobody can tell
 * Errors: none expected
 */
export async function provenIdentity(
  context: AccountsContext,
  provider: Provider,
  reading: LiveReading,
): Promise<ProvenIdentity | null> {
  const claimed = claimedIdentity(provider, reading)
  const certain = (identity: Identity) => ({ identity, isCertain: true, isWorthAnotherLook: false })
  if (claimed !== null && !reading.warnings.includes('identity_may_lag')) return certain(claimed)
  if (!isProfilePermitted(provider, reading)) return claimed && certain(claimed)
  const { accessToken, accessTokenExpiresAt } = reading.tokens
  const unsure = (isWorthAnotherLook: boolean) => claimed && { identity: claimed, isCertain: false, isWorthAnotherLook }
  if (accessTokenExpiresAt !== null && accessTokenExpiresAt <= context.clock.now()) return unsure(false)
  const answer = await fetchProfile(context.transport, provider, accessToken, { why: 'file_identity' })
  if (answer.kind === 'not_permitted') return claimed && certain(claimed)
  const told = answer.kind === 'read' ? provider.readIdentity(tokenSetOf(reading), answer.profile) : null
  if (told === null) {
    const isRejected = answer.kind === 'rejected_token'
    return claimed && { ...unsure(answer.kind === 'failed')!, isRejected }
  }
  return certain(claimed !== null && isSameIdentity(claimed, told) ? { ...told, ...missingNames(told, claimed) } : told)
}

function isProfilePermitted({ profileUrl, profileScope }: Provider, { tokens, warnings }: LiveReading): boolean {
  const mayHave = profileScope === null || tokens.scopes.includes(profileScope) || warnings.includes('scopes_untold')
  return profileUrl !== null && mayHave
}

/** What of an identity is for people to read; none of it decides whose a login is. */
const NAMES = ['email', 'displayName', 'organizationName', 'plan', 'rateLimitTier'] as const
export type IdentityNames = Pick<Identity, (typeof NAMES)[number]>

/** The names that are known in `from` and not in `known`; empty when there are none. */
export function missingNames(known: IdentityNames, from: IdentityNames): Partial<IdentityNames> {
  const gaps = NAMES.filter((name) => known[name] === null && from[name] !== null)
  return Object.fromEntries(gaps.map((name) => [name, from[name]]))
}

/** The refusal that fits a file without a usable login. */
export function fileRefusal(place: CredentialPlace, reading: Exclude<CredentialReading, LiveReading>): AccountError {
  const { path, cli } = place
  switch (reading.state) {
    case 'keyring':
      return new AccountError('file_keyring', { path, cli })
    case 'not_permitted':
    case 'foreign':
      return new AccountError(`file_${reading.state}`, { path, detail: reading.detail })
    default:
      return new AccountError(`file_${reading.state}`, { path })
  }
}
