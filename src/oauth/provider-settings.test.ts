/** Everything that `config.toml` may not say about providers, and the one line that it is answered with. */

import { describe, expect, test } from 'vitest'
import { applyProviderConfig, ProviderConfigError } from './own-providers.ts'
import { builtInProviders } from './providers/index.ts'

const ACME = `
[providers.acme]
client_id = "acme-client"
authorization_url = "https://id.acme.example/authorize"
token_url = "https://id.acme.example/token"
`

describe('what is refused', () => {
  test.each<[string, string, string, string]>([
    // file
    ['no TOML', 'providers = [', '', 'cannot be read as TOML'],
    ['an unknown table', '[provider.codex]\nclient_id = "x"', 'provider', 'unknown key; known are providers'],
    ['a list of providers', 'providers = []', 'providers', 'must be a table'],
    ['a text as provider', 'providers.acme = "x"', 'providers.acme', 'must be a table'],
    ['a name with a space', '[providers."a b"]', 'providers.a b', 'lower-case letters'],
    ['a name in capitals', '[providers.Acme]', 'providers.Acme', 'lower-case letters'],
    ['a name that is no one’s', '[providers.__proto__]\nname = "x"', 'providers.__proto__', 'lower-case letters'],
    // keys
    [
      'a misspelt key',
      `${ACME}token_uri = "https://x.example"`,
      'providers.acme.token_uri',
      'unknown key; known are authorization_params',
    ],
    ['a client secret', `${ACME}client_secret = "FAKE"`, 'providers.acme.client_secret', 'unknown key'],
    ['a grant for a built-in', '[providers.codex]\ngrant = "device_code"', 'providers.codex.grant', 'unknown key'],
    [
      'no client id',
      ACME.replace(/client_id.*/, ''),
      'providers.acme.client_id',
      'is missing; a provider with grant "authorization_code" needs it',
    ],
    ['no token address', ACME.replace(/token_url.*/, ''), 'providers.acme.token_url', 'is missing'],
    [
      'no authorization address',
      ACME.replace(/authorization_url.*/, ''),
      'providers.acme.authorization_url',
      'is missing',
    ],
    [
      'a device grant without its address',
      `${ACME}grant = "device_code"`,
      'providers.acme.device_authorization_url',
      'is missing',
    ],
    // words
    [
      'an unknown grant',
      `${ACME}grant = "implicit"`,
      'providers.acme.grant = "implicit"',
      'must be "authorization_code" or "device_code"',
    ],
    [
      'an unknown format',
      `${ACME}token_request = "xml"`,
      'providers.acme.token_request = "xml"',
      'must be "form" or "json"',
    ],
    [
      'an unknown format inside',
      `${ACME}token_request = { refresh = "xml" }`,
      'providers.acme.token_request.refresh = "xml"',
      '"form" or "json"',
    ],
    [
      'an unknown part of it',
      `${ACME}token_request = { renew = "form" }`,
      'providers.acme.token_request.renew',
      'unknown key',
    ],
    ['a list of formats', `${ACME}token_request = ["form"]`, 'providers.acme.token_request', '"form" or "json"'],
    ['a number as client', '[providers.codex]\nclient_id = 7', 'providers.codex.client_id = "7"', 'visible ASCII'],
    ['an empty client', '[providers.codex]\nclient_id = ""', 'providers.codex.client_id = ""', 'visible ASCII'],
    [
      'a client with a space',
      '[providers.codex]\nclient_id = "a b"',
      'providers.codex.client_id = "a b"',
      'without spaces',
    ],
    [
      'a client with a line break',
      '[providers.codex]\nclient_id = "a\\nb"',
      'providers.codex.client_id',
      'visible ASCII',
    ],
    ['an empty name', `${ACME}name = ""`, 'providers.acme.name = ""', '1 to 200'],
    ['a name that turns around', `${ACME}name = "a\\u202Eb"`, 'providers.acme.name', 'visible characters'],
    [
      'scopes as text',
      '[providers.codex]\nscopes = "openid email"',
      'providers.codex.scopes = "openid email"',
      'list of texts',
    ],
    [
      'a scope with a space',
      '[providers.codex]\nscopes = ["openid email"]',
      'providers.codex.scopes = ["openid email"]',
      'without spaces',
    ],
    ['a number as scope', '[providers.codex]\nscopes = [7]', 'providers.codex.scopes = [7]', 'list of texts'],
    [
      'a method it has not',
      `${ACME}methods = ["device"]`,
      'providers.acme.methods = ["device"]',
      '"callback" or "paste"',
    ],
    ['a method twice', `${ACME}methods = ["paste", "paste"]`, 'providers.acme.methods', 'at most once'],
    ['no method', `${ACME}methods = []`, 'providers.acme.methods', 'must be a list'],
    [
      'consent as text',
      '[providers.claude]\nsign_in_needs_consent = "no"',
      'providers.claude.sign_in_needs_consent',
      'true or false',
    ],
    [
      'no refresh at all',
      '[providers.codex]\nrefresh_concurrency = 0',
      'providers.codex.refresh_concurrency = "0"',
      '1 to 16',
    ],
    [
      'half a refresh',
      '[providers.codex]\nrefresh_concurrency = 1.5',
      'providers.codex.refresh_concurrency',
      'whole number',
    ],
    // addresses
    [
      'plain http',
      '[providers.codex]\ntoken_url = "http://id.example/token"',
      'providers.codex.token_url = "http://id.example/token"',
      'must be https, or http on a loopback',
    ],
    [
      'a loopback look-alike',
      '[providers.codex]\ntoken_url = "http://127.0.0.1.evil.example/"',
      'providers.codex.token_url',
      'must be https',
    ],
    [
      'another scheme',
      '[providers.codex]\ntoken_url = "file:///etc/passwd"',
      'providers.codex.token_url',
      'must be https',
    ],
    [
      'half an address',
      '[providers.codex]\nusage_url = "chatgpt.com/usage"',
      'providers.codex.usage_url',
      'must be a whole address',
    ],
    [
      'an address behind #',
      '[providers.codex]\ntoken_url = "https://id.example/#a"',
      'providers.codex.token_url',
      'behind #',
    ],
    ['a number', '[providers.codex]\ntoken_url = 7', 'providers.codex.token_url = "7"', 'address in quotes'],
    ['no token address', '[providers.codex]\ntoken_url = ""', 'providers.codex.token_url = ""', 'whole address'],
    [
      'a redirect to another machine',
      '[providers.codex]\nredirect_uri = "http://192.168.1.2/cb"',
      'providers.codex.redirect_uri',
      'must be https',
    ],
    [
      'a redirect to [::1]',
      '[providers.codex]\nredirect_uri = "http://[::1]:1455/cb"',
      'providers.codex.redirect_uri',
      'localhost or 127.0.0.1',
    ],
    [
      'a redirect to 127.0.0.2',
      '[providers.codex]\nredirect_uri = "http://127.0.0.2:1455/cb"',
      'providers.codex.redirect_uri',
      'localhost or 127.0.0.1',
    ],
    [
      'a redirect with a query',
      '[providers.codex]\nredirect_uri = "http://localhost:1455/cb?a=b"',
      'providers.codex.redirect_uri',
      'query',
    ],
    [
      'a device address without its redirect',
      `${ACME}device_authorization_url = "https://id.acme.example/d"\ndevice_shape = "deviceauth"`,
      'providers.acme.device_redirect_uri',
      'is missing',
    ],
    // tables
    [
      'parameters as text',
      `${ACME}authorization_params = "a=b"`,
      'providers.acme.authorization_params = "a=b"',
      'must be a table',
    ],
    [
      'a parameter that is ours',
      `${ACME}authorization_params = { state = "x" }`,
      'providers.acme.authorization_params',
      'must not set state',
    ],
    [
      'a nested parameter',
      `${ACME}authorization_params = { a = { b = 1 } }`,
      'providers.acme.authorization_params.a',
      'text on one line',
    ],
    [
      'a parameter of two lines',
      `${ACME}authorization_params = { a = "b\\nc" }`,
      'providers.acme.authorization_params.a',
      'text on one line',
    ],
    ['the Host header', `${ACME}custom_headers = { Host = "x" }`, 'providers.acme.custom_headers', 'must not set Host'],
    [
      'the Authorization header',
      `${ACME}custom_headers = { AUTHORIZATION = "x" }`,
      'providers.acme.custom_headers',
      'must not set AUTHORIZATION',
    ],
    [
      'the Content-Length header',
      `${ACME}custom_headers = { content-length = "1" }`,
      'providers.acme.custom_headers',
      'must not set content-length',
    ],
    [
      'the Content-Type header',
      `${ACME}custom_headers = { Content-Type = "x" }`,
      'providers.acme.custom_headers',
      'must not set Content-Type',
    ],
    [
      'a header name with a colon',
      `${ACME}custom_headers = { "a:b" = "x" }`,
      'providers.acme.custom_headers',
      'name that no header',
    ],
    [
      'a header of two lines',
      `${ACME}custom_headers = { a = "b\\r\\nHost: c" }`,
      'providers.acme.custom_headers.a',
      'text on one line',
    ],
    ['a header beyond ASCII', `${ACME}custom_headers = { a = "ä" }`, 'providers.acme.custom_headers', 'visible ASCII'],
    [
      'an identity from elsewhere',
      `${ACME}identity = { from = "cookie" }`,
      'providers.acme.identity.from = "cookie"',
      '"id_token" or "profile"',
    ],
    [
      'an unknown identity member',
      `${ACME}identity = { id = "sub" }`,
      'providers.acme.identity.id',
      'unknown key; known are display_name',
    ],
    [
      'an identity without its profile',
      `${ACME}identity = { from = "profile" }`,
      'providers.acme.identity',
      'profile_url must be set',
    ],
  ])('%s', (_name, toml, key, allowed) => {
    const error = refusalOf(toml)
    expect(error.message).toContain(`config.toml: ${key}`)
    expect(error.message).toContain(allowed)
    expect(error.message).not.toMatch(/[\r\n]/)
  })

  test('an address with a password is not repeated', () => {
    const { message } = refusalOf('[providers.codex]\ntoken_url = "https://me:FAKE-PASSWORD@id.example/"')
    expect(message).toContain('providers.codex.token_url: must not hold a user name or password')
    expect(message).not.toContain('FAKE-PASSWORD')
  })

  test.each([
    ['a header of two lines', 'custom_headers = { x-key = "FAKE-CANARY\\nx" }'],
    ['a list as a header', 'custom_headers = { x-key = ["FAKE-CANARY"] }'],
    ['no table of headers', 'profile_headers = "FAKE-CANARY"'],
    ['a header of the program', 'custom_headers = { Cookie = "FAKE-CANARY" }'],
    ['a name that is none', 'custom_headers = { "x key" = "FAKE-CANARY" }'],
    ['a forgotten quote', 'custom_headers = { x-key = FAKE-CANARY }'],
    ['a forgotten end', 'custom_headers = { x-key = "FAKE-CANARY }'],
  ])('headers hold keys of people, so %s is refused without its value', (_name, line) => {
    const { message } = refusalOf(`[providers.codex]\n${line}`)
    expect(message).toMatch(/^config\.toml: ./)
    expect(message).not.toContain('CANARY')
  })

  test('long and hostile values are cut and cleaned', () => {
    const { message } = refusalOf(`[providers.codex]\nclient_id = "${'a b\\u001b[2J'.repeat(500)}"`)
    expect(message.length).toBeLessThan(300)
    expect(message).not.toContain('\u001b')
  })
})

function refusalOf(toml: string): ProviderConfigError {
  try {
    applyProviderConfig(builtInProviders, toml)
  } catch (error) {
    expect(error).toBeInstanceOf(ProviderConfigError)
    return error as ProviderConfigError
  }
  throw new Error('it was accepted')
}
