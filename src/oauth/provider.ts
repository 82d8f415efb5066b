/**
 * What a provider is: data first. Code appears only where one strays from the RFC, as a named quirk.
 * Knows no database, no page and no framework.
 */

import type { Identity } from './identity.ts'
import type { TokenSet } from './token-set.ts'

/** Ways to sign in that a provider offers, in the order they are offered. `cli_profile`: the provider's own CLI signs in. */
export type SignInMethod = 'callback' | 'paste' | 'device' | 'cli_profile'

/** The formats of usage answers that can be read. */
export const USAGE_FORMATS = ['claude', 'codex', 'copilot'] as const
export type UsageFormat = (typeof USAGE_FORMATS)[number]

/**
 * Notices that stand before a sign-in which the provider's published terms restrict: `anthropic_terms` tells Anthropic's,
 * `provider_terms` says only that there are such terms. The words are in messages/.
 */
export type SignInNotice = 'anthropic_terms' | 'provider_terms'

/** How a token request's body is written. */
export type BodyFormat = 'form' | 'json'

/** Where the browser may come back to: fixed ports of a registered redirect URI, or any free port. */
export interface CallbackRedirect {
  /** Host as it stands in the redirect URI; the listener binds both loopback families whatever it says. */
  host: 'localhost' | '127.0.0.1'
  /** Tried in order; `'free'` = any free port. */
  ports: readonly number[] | 'free'
  path: string
}

/** Endpoints of a device authorization. `standard` is RFC 8628; `deviceauth` is OpenAI's own shape. */
export interface DeviceAuthorizationEndpoints {
  shape: 'standard' | 'deviceauth'
  authorizationUrl: string
  tokenUrl: string
  verificationUri: string
  /** Only for `deviceauth`: the redirect URI of its code exchange. */
  redirectUri?: string
}

/** Another sign-in at the same authorization server, for another kind of login; everything else is the provider's own. */
export interface SignInVariant {
  id: string
  authorizationUrl: string
  scopes: readonly string[]
}

/** Where a login makes an API key of its organisation. Not in any RFC. */
export interface ApiKeyEndpoint {
  url: string
  /** Scope without which the provider makes none. */
  scope: string
  /** The member of the answer that is the key. */
  member: string
  /** Where a person looks at keys and deletes them. */
  consoleUrl: string
}

/** A coding CLI whose files hold logins. */
export type CliName = 'claude' | 'codex'

/** One authorization server and its ways. Everything here can be overridden in config.toml. */
export interface Provider {
  id: string
  name: string
  /** Empty where the program brings none: the person registers one. */
  clientId: string
  /** Where a person registers a client; absent where the program brings one. */
  clientRegistrationUrl?: string
  authorizationUrl: string
  tokenUrl: string
  revocationUrl: string | null
  profileUrl: string | null
  usageUrl: string | null
  /** RFC 9207: when an authorization response carries `iss`, it must equal this. */
  issuer: string | null
  scopes: readonly string[]
  /** Extra query parameters of the authorization request. */
  authorizationParams: Readonly<Record<string, string>>
  /** The order in which the parameters of the authorization request stand; what is not named comes last. */
  authorizationOrder?: readonly string[]
  /** Endings that this provider may add to `state` in its response; any other difference is a mismatch. */
  stateSuffixes?: readonly string[]
  /** Extra headers of every request to this provider. */
  customHeaders: Readonly<Record<string, string>>
  methods: readonly SignInMethod[]
  callback: CallbackRedirect | null
  /** The redirect URI that shows a code to copy. */
  pasteRedirectUri: string | null
  device: DeviceAuthorizationEndpoints | null
  tokenRequest: {
    exchange: BodyFormat
    refresh: BodyFormat
    revocation: BodyFormat
    /** Claude wants `state` in the code exchange as well. */
    stateInExchange: boolean
  }
  /** At most this many refreshes of this provider in flight. */
  refreshConcurrency: number
  /** Shown before the first sign-in, and agreed to once; null where signing in inside another program needs no consent. */
  signInNotice: SignInNotice | null
  /** The CLI whose credential files hold this provider's grants, or null. */
  cli: CliName | null
  /** Scope without which the profile and usage are not permitted, or null. */
  profileScope: string | null
  /** What a long-lived token made for programs (`setup-token`) may do; absent where the provider has none. */
  setupTokenScopes?: readonly string[]
  /** Reads who a grant belongs to from the token answer and, where there is one, the profile. Null: cannot be told. */
  readIdentity(tokens: TokenSet, profile: unknown): Identity | null
  /** Further documents about the person, by the member of the profile that they become. One that cannot be had is left out. */
  profileParts?: Readonly<Record<string, string>>
  variants?: readonly SignInVariant[]
  apiKeys?: ApiKeyEndpoint
  /** Headers of the profile request beyond Authorization and User-Agent. */
  profileHeaders: Readonly<Record<string, string>>
  /** How the answer of `usageUrl` is to be read; null: nobody knows how, so it is not asked. */
  usageFormat: UsageFormat | null
  /** Headers of the usage request beyond Authorization and User-Agent. */
  usageHeaders: Readonly<Record<string, string>>
  /** The header in which the usage request names the organisation or workspace, or null. */
  usageOrganizationHeader: string | null
}

/** The provider as it is for one of its sign-ins; the usual one for null and for a variant that it no longer has. */
export function forVariant(provider: Provider, variant: string | null): Provider {
  const found = provider.variants?.find(({ id }) => id === variant)
  return found ? { ...provider, authorizationUrl: found.authorizationUrl, scopes: found.scopes } : provider
}
