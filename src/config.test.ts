import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ConfigRefusal, readConfig, type Surroundings } from './config.ts'

const linux: Surroundings = { platform: 'linux', userHome: '/home/ada' }

test.each([
  ['TOKENDECK_PORT', 'http', 'a whole number from 0 to 65535'],
  ['TOKENDECK_PORT', '65536', 'a whole number from 0 to 65535'],
  ['TOKENDECK_PORT', '-1', 'a whole number from 0 to 65535'],
  ['TOKENDECK_PORT', '47.5', 'a whole number from 0 to 65535'],
  ['TOKENDECK_HOST', '0.0.0.0', '127.0.0.1, localhost, ::1; any other only with TOKENDECK_ALLOW_REMOTE=1'],
  ['TOKENDECK_HOST', '::', '127.0.0.1, localhost, ::1; any other only with TOKENDECK_ALLOW_REMOTE=1'],
  ['TOKENDECK_HOST', 'a b', 'an IP address or a host name'],
  ['TOKENDECK_ALLOW_REMOTE', 'maybe', '1 or 0'],
  ['TOKENDECK_NO_OPEN', 'never', '1 or 0'],
  ['TOKENDECK_CALLBACK_PORTS', '1455;1457', 'one to ten different port numbers from 1 to 65535, with commas between'],
  ['TOKENDECK_CALLBACK_PORTS', '1455,1455', 'one to ten different port numbers from 1 to 65535, with commas between'],
  ['TOKENDECK_CALLBACK_PORTS', '0', 'one to ten different port numbers from 1 to 65535, with commas between'],
  ['TOKENDECK_DATABASE_URL', 'tokendeck.db', 'a file:, http://, https:// or libsql:// address'],
  ['TOKENDECK_DATABASE_URL', 'postgres://db', 'a file:, http://, https:// or libsql:// address'],
  ['TOKENDECK_DATABASE_URL', 'https://', 'a file:, http://, https:// or libsql:// address'],
  ['TOKENDECK_DATABASE_URL', 'file:', 'a file:, http://, https:// or libsql:// address'],
  ['TOKENDECK_KEY_SOURCE', 'env', 'auto, keyring, file, passphrase'],
  ['TOKENDECK_LOG_LEVEL', 'loud', 'debug, info, warn, error'],
  ['TOKENDECK_LOG_FORMAT', 'xml', 'text, json'],
])('%s=%s is refused in one line with variable, value and what is allowed', (variable, value, allowed) => {
  const refusal = thrownBy({ [variable]: value })
  expect(refusal.message).toBe(`${variable} is ${JSON.stringify(value)}. Allowed: ${allowed}.`)
  expect(refusal.exitCode).toBe(78)
})

test('a passphrase source without its file is refused', () => {
  expect(thrownBy({ TOKENDECK_KEY_SOURCE: 'passphrase' }).variable).toBe('TOKENDECK_PASSPHRASE_FILE')
})

test('a refusal shows neither line breaks nor credentials of an address', () => {
  expect(thrownBy({ TOKENDECK_LOG_LEVEL: 'a\nb' }).message).not.toContain('\n')
  const { message } = thrownBy({ TOKENDECK_DATABASE_URL: 'mysql://ada:FAKE-password@db/x?authToken=FAKE-token' })
  expect(message).toContain('mysql://db/x')
  expect(message).not.toContain('FAKE')
})

test('the auth token cannot be printed', () => {
  const config = readConfig({ TOKENDECK_DATABASE_AUTH_TOKEN: 'FAKE-token' }, linux)
  expect(JSON.stringify(config) + Bun.inspect(config)).not.toContain('FAKE-token')
  expect(config.databaseAuthToken?.reveal()).toBe('FAKE-token')
})

test('an empty environment gives the defaults', () => {
  expect(readConfig({ TOKENDECK_PORT: '', TOKENDECK_HOME: ' ' }, linux)).toEqual({
    home: '/home/ada/.local/share/tokendeck',
    host: '127.0.0.1',
    port: 4747,
    callbackPorts: [1455, 1457],
    databaseUrl: 'file:///home/ada/.local/share/tokendeck/tokendeck.db',
    databaseAuthToken: null,
    configFile: '/home/ada/.local/share/tokendeck/config.toml',
    keySource: 'auto',
    keyFile: '/home/ada/.config/tokendeck/key',
    passphraseFile: null,
    logLevel: 'info',
    logFormat: null,
    opensBrowser: false,
    userHome: '/home/ada',
    claudeConfigDir: null,
    claudeSecureStorageConfigDir: null,
    codexHome: null,
    dataHome: null,
    openclawDirectory: null,
    environment: expect.any(Function),
  })
})

test.each<[string, Surroundings, Record<string, string>, string, string]>([
  ['XDG', linux, { XDG_DATA_HOME: '/d', XDG_CONFIG_HOME: '/c' }, '/d/tokendeck', '/c/tokendeck/key'],
  [
    'relative XDG, which is to be ignored',
    linux,
    { XDG_DATA_HOME: 'd', XDG_CONFIG_HOME: 'c' },
    '/home/ada/.local/share/tokendeck',
    '/home/ada/.config/tokendeck/key',
  ],
  [
    'macOS',
    { platform: 'darwin', userHome: '/Users/ada' },
    {},
    '/Users/ada/Library/Application Support/tokendeck',
    '/Users/ada/Library/Preferences/tokendeck/key',
  ],
  [
    'Windows',
    { platform: 'win32', userHome: '/u' },
    { LOCALAPPDATA: '/u/local', APPDATA: '/u/roaming' },
    '/u/local/tokendeck',
    '/u/roaming/tokendeck/key',
  ],
])('directories by %s', (_, surroundings, environment, home, keyFile) => {
  expect(readConfig(environment, surroundings)).toMatchObject({ home, keyFile, configFile: join(home, 'config.toml') })
})

test('a home of its own moves what lies in it, and nothing else', () => {
  const config = readConfig({ TOKENDECK_HOME: '/srv/my deck' }, linux)
  expect(config.databaseUrl).toBe('file:///srv/my%20deck/tokendeck.db')
  expect(config.configFile).toBe('/srv/my deck/config.toml')
  expect(config.keyFile).toBe('/home/ada/.config/tokendeck/key')
})

test.each([
  [{ DISPLAY: ':0' }, true],
  [{ WAYLAND_DISPLAY: 'wayland-0' }, true],
  [{ DISPLAY: ':0', TOKENDECK_NO_OPEN: '1' }, false],
  [{}, false],
])('a browser may be opened with %o: %s', (environment, expected) => {
  expect(readConfig(environment, linux).opensBrowser).toBe(expected)
})

test('other hosts are taken when that was allowed on purpose', () => {
  expect(readConfig({ TOKENDECK_HOST: '0.0.0.0', TOKENDECK_ALLOW_REMOTE: '1' }, linux).host).toBe('0.0.0.0')
  expect(readConfig({ TOKENDECK_HOST: '[::1]' }, linux).host).toBe('::1')
})

function thrownBy(environment: Record<string, string>): ConfigRefusal {
  try {
    readConfig(environment, linux)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigRefusal)
    return error as ConfigRefusal
  }
  throw new Error('nothing was refused')
}

test('the token of a remote database does not travel where anybody on the way can read it', () => {
  const token = { TOKENDECK_DATABASE_AUTH_TOKEN: 'FAKE-database-token' }
  const { message } = thrownBy({ ...token, TOKENDECK_DATABASE_URL: 'http://192.0.2.7:8080' })
  expect(message).toMatch(/^TOKENDECK_DATABASE_URL is "http:\/\/192\.0\.2\.7:8080".*https:/)
  expect(message).not.toContain('FAKE')
  for (const url of ['http://127.0.0.1:8080', 'http://[::1]:8080', 'https://db.example', 'libsql://db.example'])
    expect(readConfig({ ...token, TOKENDECK_DATABASE_URL: url }, linux).databaseUrl).toBe(url)
})

test('the key file that a home was last opened with is found again, unless another one is named', () => {
  const noted = { platform: 'linux', userHome: '/home/ada', notedKeyFile: (home: string) => `${home}-key` } as const
  expect(readConfig({ TOKENDECK_HOME: '/data' }, noted).keyFile).toBe('/data-key')
  expect(readConfig({ TOKENDECK_HOME: '/data', TOKENDECK_KEY_FILE: '/named' }, noted).keyFile).toBe('/named')
  const none = { ...noted, notedKeyFile: () => null }
  expect(readConfig({ TOKENDECK_HOME: '/data' }, none).keyFile).toBe('/home/ada/.config/tokendeck/key')
})
