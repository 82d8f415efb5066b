/**
 * One `[providers.NAME]` table made into a provider: over a built-in one, or from nothing with defaults. The names of the
 * keys are part of what users rely on.
 */

import { type IdentitySource, identityReader, readStandardIdentity, STANDARD_IDENTITY } from './configured-identity.ts'
import {
  type CallbackRedirect,
  type DeviceAuthorizationEndpoints,
  type Provider,
  type SignInMethod,
  type SignInNotice,
  USAGE_FORMATS,
} from './provider.ts'
import { ProviderSettings } from './provider-settings.ts'

/**
 * A provider as configured.
 *
 * Shape:  (id, path for messages, table, the built-in provider it changes or null) → Provider
 * Errors: ProviderConfigError
 */
export function defineProvider(
  id: string,
  path: string,
  table: Record<string, unknown>,
  builtIn: Provider | null,
): Provider {
  const settings = new ProviderSettings(path, table)
  const base = builtIn ?? ownProvider(id, settings)
  const device = deviceEndpoints(settings, base)
  const redirects = redirectUris(settings, base)
  const provider: Provider = {
    ...base,
    name: settings.text('name') ?? base.name,
    clientId: settings.word('client_id') ?? base.clientId,
    authorizationUrl: settings.url('authorization_url') ?? base.authorizationUrl,
    tokenUrl: settings.url('token_url') ?? base.tokenUrl,
    revocationUrl: settings.urlOrNone('revocation_url', base.revocationUrl),
    profileUrl: settings.urlOrNone('profile_url', base.profileUrl),
    usageUrl: settings.urlOrNone('usage_url', base.usageUrl),
    issuer: issuer(settings, base),
    scopes: settings.words('scopes') ?? base.scopes,
    authorizationParams: authorizationParams(settings, base),
    customHeaders: headers(settings, 'custom_headers', base.customHeaders),
    profileHeaders: headers(settings, 'profile_headers', base.profileHeaders),
    usageFormat: settings.oneOf('usage_format', USAGE_FORMATS) ?? base.usageFormat,
    usageHeaders: headers(settings, 'usage_headers', base.usageHeaders),
    usageOrganizationHeader: settings.word('usage_organization_header') ?? base.usageOrganizationHeader,
    ...redirects,
    ...furtherEndpoints(settings, base),
    device,
    tokenRequest: tokenRequest(settings, base),
    refreshConcurrency: settings.count('refresh_concurrency', 16) ?? base.refreshConcurrency,
    signInNotice: signInNotice(settings, base),
    profileScope: settings.word('profile_scope') ?? base.profileScope,
    methods: methods(settings, base, builtIn === null, device),
  }
  const source = identitySource(settings, provider)
  settings.refuseUnknown()
  return source ? { ...provider, readIdentity: identityReader(source) } : provider
}

/** Endpoints that only some built-in providers have, as far as the file moves them. */
function furtherEndpoints(settings: ProviderSettings, base: Provider): Partial<Provider> {
  const apiKeyUrl = base.apiKeys && settings.url('api_key_url')
  const moved = base.variants?.map((variant) => ({
    ...variant,
    authorizationUrl: settings.url(`${variant.id}_authorization_url`) ?? variant.authorizationUrl,
  }))
  const parts = Object.entries(base.profileParts ?? {}).map(([member, url]): [string, string | null] => [
    member,
    settings.urlOrNone(`${member}_profile_url`, url),
  ])
  return {
    ...(base.apiKeys && apiKeyUrl ? { apiKeys: { ...base.apiKeys, url: apiKeyUrl } } : {}),
    ...(moved ? { variants: moved } : {}),
    ...(base.profileParts
      ? { profileParts: Object.fromEntries(parts.filter((part): part is [string, string] => part[1] !== null)) }
      : {}),
  }
}

/** An own provider before its table is read; what it must have is asked for here. */
function ownProvider(id: string, settings: ProviderSettings): Provider {
  const grant = settings.oneOf('grant', ['authorization_code', 'device_code']) ?? 'authorization_code'
  const endpoint = grant === 'device_code' ? 'device_authorization_url' : 'authorization_url'
  for (const key of ['client_id', 'token_url', endpoint]) {
    if (!settings.has(key)) settings.fail(key, `is missing; a provider with grant "${grant}" needs it`)
  }
  return {
    id,
    name: id,
    clientId: '',
    authorizationUrl: '',
    tokenUrl: '',
    revocationUrl: null,
    profileUrl: null,
    usageUrl: null,
    issuer: null,
    scopes: [],
    authorizationParams: {},
    customHeaders: {},
    methods: grant === 'device_code' ? ['device'] : ['callback', 'paste'],
    // RFC 8252 §7.3: any port of 127.0.0.1, which no name resolution can lead elsewhere.
    callback: grant === 'device_code' ? null : { host: '127.0.0.1', ports: 'free', path: '/callback' },
    pasteRedirectUri: null,
    device: null,
    tokenRequest: { exchange: 'form', refresh: 'form', revocation: 'form', stateInExchange: false },
    refreshConcurrency: 4,
    signInNotice: null,
    cli: null,
    profileScope: null,
    profileHeaders: {},
    usageFormat: null,
    usageHeaders: {},
    usageOrganizationHeader: null,
    readIdentity: readStandardIdentity,
  }
}

/** Another authorization server is another issuer, and which one only the file can say. RFC 9207 §2.4 */
function issuer(settings: ProviderSettings, base: Provider): string | null {
  const moved = settings.url('authorization_url')
  const isElsewhere = moved !== undefined && builtInOrigin(base) !== new URL(moved).origin
  return settings.urlOrNone('issuer', isElsewhere ? null : base.issuer)
}

function builtInOrigin(base: Provider): string | null {
  return base.authorizationUrl === '' ? null : new URL(base.authorizationUrl).origin
}

/** What the program itself decides in every authorization request. RFC 6749 §4.1.1, RFC 7636 §4.3 */
const OWN_PARAMETERS = [
  'response_type',
  'client_id',
  'redirect_uri',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
]

function authorizationParams(settings: ProviderSettings, base: Provider): Record<string, string> {
  const given = settings.texts('authorization_params') ?? {}
  const own = Object.keys(given).find((name) => OWN_PARAMETERS.includes(name))
  if (own !== undefined) {
    settings.fail('authorization_params', `must not set ${own}; the program sets ${OWN_PARAMETERS.join(', ')}`)
  }
  return withoutEmpty({ ...base.authorizationParams, ...given })
}

/** Headers that decide where a request goes, how long it is, and who it speaks for. */
const OWN_HEADERS = [
  'host',
  'authorization',
  'content-length',
  'content-type',
  'transfer-encoding',
  'connection',
  'cookie',
  'proxy-authorization',
  'expect',
  'te',
  'trailer',
  'upgrade',
]

function headers(
  settings: ProviderSettings,
  key: string,
  base: Readonly<Record<string, string>>,
): Record<string, string> {
  const merged: Record<string, string> = { ...base }
  for (const [name, value] of Object.entries(settings.texts(key) ?? {})) {
    const lower = name.toLowerCase()
    if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(name)) settings.fail(key, 'holds a name that no header can have')
    // A GET has no body whose type the program would know better.
    const own = key !== 'custom_headers' ? OWN_HEADERS.filter((header) => header !== 'content-type') : OWN_HEADERS
    if (own.includes(lower)) settings.fail(key, `must not set ${name}; the program sets ${own.join(', ')}`)
    if (!/^[\x20-\x7e]*$/.test(value)) settings.fail(key, `${name} must be visible ASCII characters`)
    for (const old of Object.keys(merged)) if (old.toLowerCase() === lower) delete merged[old]
    merged[name] = value
  }
  return withoutEmpty(merged)
}

/** An empty text takes away what a built-in provider sends. */
function withoutEmpty(texts: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''))
}

function redirectUris(settings: ProviderSettings, base: Provider): Pick<Provider, 'callback' | 'pasteRedirectUri'> {
  const address = settings.url('redirect_uri')
  const pasteRedirectUri = settings.urlOrNone('paste_redirect_uri', base.pasteRedirectUri)
  if (address === undefined) return { callback: base.callback, pasteRedirectUri }
  const url = new URL(address)
  if (url.protocol === 'https:') return { callback: base.callback, pasteRedirectUri: address }
  if (url.hostname !== 'localhost' && url.hostname !== '127.0.0.1') {
    return settings.fail('redirect_uri', 'must be on localhost or 127.0.0.1, or an https page that shows the code')
  }
  if (url.search !== '') return settings.fail('redirect_uri', 'must not have a query')
  const callback = { host: url.hostname, ports: ports(url, base.callback), path: url.pathname } as const
  return { callback, pasteRedirectUri }
}

/** The written port first, then the base's other ones where it is one of them. No port or 0 means any. RFC 8252 §7.3 */
function ports(url: URL, base: CallbackRedirect | null): CallbackRedirect['ports'] {
  const port = Number(url.port)
  if (port === 0) return 'free'
  const registered = base && base.ports !== 'free' && base.ports.includes(port) ? base.ports : []
  return [port, ...registered.filter((other) => other !== port)]
}

function deviceEndpoints(settings: ProviderSettings, base: Provider): DeviceAuthorizationEndpoints | null {
  const old = base.device && movedDevice(base.device, base.tokenUrl, settings.url('token_url') ?? base.tokenUrl)
  const authorizationUrl = settings.url('device_authorization_url') ?? old?.authorizationUrl
  const tokenUrl = settings.url('device_token_url') ?? old?.tokenUrl ?? settings.url('token_url')
  const verificationUri = settings.url('device_verification_uri') ?? old?.verificationUri ?? ''
  const redirectUri = settings.url('device_redirect_uri') ?? old?.redirectUri
  const shape = settings.oneOf('device_shape', ['standard', 'deviceauth']) ?? old?.shape ?? 'standard'
  if (!authorizationUrl || !tokenUrl) return null
  if (shape === 'deviceauth' && !redirectUri) return settings.fail('device_redirect_uri', 'is missing for "deviceauth"')
  return { shape, authorizationUrl, tokenUrl, verificationUri, ...(redirectUri ? { redirectUri } : {}) }
}

/**
 * Device endpoints of a server whose token endpoint was moved: they move along, with the path that was put in front of it.
 * Left behind, they would ask one server for a code that the other is to exchange.
 */
function movedDevice(device: DeviceAuthorizationEndpoints, from: string, to: string): DeviceAuthorizationEndpoints {
  const [old, now] = [new URL(from), new URL(to)]
  if (old.origin === now.origin) return device
  const prefix = now.pathname.endsWith(old.pathname) ? now.pathname.slice(0, -old.pathname.length) : ''
  const moved = (address: string) =>
    address.startsWith(`${old.origin}/`) ? now.origin + prefix + address.slice(old.origin.length) : address
  return {
    shape: device.shape,
    authorizationUrl: moved(device.authorizationUrl),
    tokenUrl: moved(device.tokenUrl),
    verificationUri: moved(device.verificationUri),
    ...(device.redirectUri ? { redirectUri: moved(device.redirectUri) } : {}),
  }
}

const FORMATS = ['form', 'json'] as const

function tokenRequest(settings: ProviderSettings, base: Provider): Provider['tokenRequest'] {
  if (!settings.isTable('token_request')) {
    const format = settings.oneOf('token_request', FORMATS)
    return format ? { ...base.tokenRequest, exchange: format, refresh: format, revocation: format } : base.tokenRequest
  }
  const each = settings.table('token_request')!
  const request = {
    exchange: each.oneOf('exchange', FORMATS) ?? base.tokenRequest.exchange,
    refresh: each.oneOf('refresh', FORMATS) ?? base.tokenRequest.refresh,
    revocation: each.oneOf('revocation', FORMATS) ?? base.tokenRequest.revocation,
    stateInExchange: each.flag('state_in_exchange') ?? base.tokenRequest.stateInExchange,
  }
  each.refuseUnknown()
  return request
}

function methods(
  settings: ProviderSettings,
  base: Provider,
  isOwn: boolean,
  device: DeviceAuthorizationEndpoints | null,
): readonly SignInMethod[] {
  const possible: SignInMethod[] = isOwn ? ['callback', 'paste'] : [...base.methods]
  if (isOwn && base.callback === null) possible.length = 0
  if (device && !possible.includes('device')) possible.push('device')
  return settings.someOf('methods', possible) ?? (isOwn ? possible : base.methods)
}

/** Whether consent is asked for is a choice of the file; which terms it would be about is not. */
function signInNotice(settings: ProviderSettings, base: Provider): SignInNotice | null {
  const isNeeded = settings.flag('sign_in_needs_consent') ?? base.signInNotice !== null
  return isNeeded ? (base.signInNotice ?? 'provider_terms') : null
}

function identitySource(settings: ProviderSettings, provider: Provider): IdentitySource | null {
  const table = settings.table('identity')
  if (!table) return null
  const source: IdentitySource = {
    from: table.oneOf('from', ['id_token', 'profile']) ?? (provider.profileUrl ? 'profile' : 'id_token'),
    subject: table.word('subject') ?? STANDARD_IDENTITY.subject,
    organizationId: table.word('organization_id') ?? STANDARD_IDENTITY.organizationId,
    organizationName: table.word('organization_name') ?? STANDARD_IDENTITY.organizationName,
    email: table.word('email') ?? STANDARD_IDENTITY.email,
    displayName: table.word('display_name') ?? STANDARD_IDENTITY.displayName,
    plan: table.word('plan') ?? STANDARD_IDENTITY.plan,
    rateLimitTier: table.word('rate_limit_tier') ?? STANDARD_IDENTITY.rateLimitTier,
  }
  table.refuseUnknown()
  if (source.from === 'profile' && !provider.profileUrl) {
    settings.fail('identity', 'is read from the profile, so profile_url must be set')
  }
  return source
}
