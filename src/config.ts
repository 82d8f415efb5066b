/**
 * Reads the environment once into a typed Config. The only file that knows the names of our own settings there; all that it
 * opens is the note of where the key file is. A value that cannot be meant is refused in one line.
 */

import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { notedKeyFile } from './key-file-note.ts'
import { Secret } from './lib/secret.ts'

export interface Config {
  /** Directory of everything that is kept: database, API token, config.toml, profiles, backups. */
  home: string
  host: string
  /** 0 = any free port. */
  port: number
  callbackPorts: number[]
  databaseUrl: string
  databaseAuthToken: Secret | null
  configFile: string
  keySource: 'auto' | 'keyring' | 'file' | 'passphrase'
  keyFile: string
  passphraseFile: string | null
  logLevel: 'debug' | 'info' | 'warn' | 'error'
  /** Null when nothing was said: text on a terminal, else JSON. */
  logFormat: 'text' | 'json' | null
  /** A browser may be opened: it was not forbidden, and there is a display. */
  opensBrowser: boolean
  /** The person's home directory, where the CLIs keep their logins by default; null when there is none. */
  userHome: string | null
  claudeConfigDir: string | null
  claudeSecureStorageConfigDir: string | null
  codexHome: string | null
  /** Directories of other tools whose logins can be found: XDG_DATA_HOME and OPENCLAW_STATE_DIR. */
  dataHome: string | null
  openclawDirectory: string | null
  /** What other programs are found by and given in part; see lib/programs.ts. A function, so that nobody prints the secrets in it. */
  environment: () => Environment
}

/** An environment variable holds what it cannot. One readable line; `exitCode` is EX_CONFIG of sysexits.h. */
export class ConfigRefusal extends Error {
  override readonly name = 'ConfigRefusal'
  readonly exitCode = 78

  constructor(
    readonly variable: string,
    value: string,
    allowed: string,
  ) {
    super(`${variable} is ${JSON.stringify(value)}. Allowed: ${allowed}.`)
  }
}

/** What is not in the environment but decides about defaults. */
export interface Surroundings {
  platform: NodeJS.Platform
  userHome: string
  /** Where the key file of a home is noted to lie; null where none is. */
  notedKeyFile?: (home: string) => string | null
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The configuration of this run. An empty variable counts as one that is not set.
 *
 * Errors: ConfigRefusal
 */
export function readConfig(environment: Environment, surroundings: Surroundings = thisMachine()): Config {
  const text = (name: string) => environment[name]?.trim() || null
  const directories = systemDirectories(text, surroundings)
  const path = (name: string, fallback: string) => resolve(text(name) ?? fallback)
  const home = path('TOKENDECK_HOME', join(directories.data, 'tokendeck'))
  const allowsRemote = flag(text, 'TOKENDECK_ALLOW_REMOTE')
  const passphraseFile = text('TOKENDECK_PASSPHRASE_FILE')
  const keySource = choice(text, 'TOKENDECK_KEY_SOURCE', ['auto', 'keyring', 'file', 'passphrase'], 'auto')
  if (keySource === 'passphrase' && passphraseFile === null) {
    throw new ConfigRefusal('TOKENDECK_PASSPHRASE_FILE', '', 'a path, since TOKENDECK_KEY_SOURCE is passphrase')
  }
  const authToken = text('TOKENDECK_DATABASE_AUTH_TOKEN')
  const databaseUrl = databaseUrlOf(text('TOKENDECK_DATABASE_URL'), home)
  if (authToken !== null && isReadableOnTheWay(databaseUrl)) {
    throw new ConfigRefusal(
      'TOKENDECK_DATABASE_URL',
      withoutCredentials(databaseUrl),
      'https:// or libsql:// when TOKENDECK_DATABASE_AUTH_TOKEN is set: anybody on the way could read it',
    )
  }
  let keyFile: string | null = null
  return {
    home,
    host: hostOf(text('TOKENDECK_HOST') ?? '127.0.0.1', allowsRemote),
    port: portOf('TOKENDECK_PORT', text('TOKENDECK_PORT') ?? '4747', 0),
    callbackPorts: portsOf('TOKENDECK_CALLBACK_PORTS', text('TOKENDECK_CALLBACK_PORTS') ?? '1455,1457'),
    databaseUrl,
    databaseAuthToken: authToken === null ? null : new Secret(authToken),
    configFile: path('TOKENDECK_CONFIG', join(home, 'config.toml')),
    keySource,
    // Looked for when it is needed, and then once: a helper beside a dashboard wants no key and waits for no disk.
    get keyFile() {
      const usual = () => surroundings.notedKeyFile?.(home) ?? join(directories.config, 'tokendeck', 'key')
      keyFile ??= resolve(text('TOKENDECK_KEY_FILE') ?? usual())
      return keyFile
    },
    passphraseFile: passphraseFile && resolve(passphraseFile),
    logLevel: choice(text, 'TOKENDECK_LOG_LEVEL', ['debug', 'info', 'warn', 'error'], 'info'),
    logFormat:
      text('TOKENDECK_LOG_FORMAT') === null
        ? null
        : choice<'text' | 'json'>(text, 'TOKENDECK_LOG_FORMAT', ['text', 'json'], 'json'),
    opensBrowser: !flag(text, 'TOKENDECK_NO_OPEN') && hasDisplay(text, surroundings.platform),
    userHome: surroundings.userHome || null,
    claudeConfigDir: text('CLAUDE_CONFIG_DIR'),
    claudeSecureStorageConfigDir: text('CLAUDE_SECURESTORAGE_CONFIG_DIR'),
    codexHome: text('CODEX_HOME'),
    dataHome: text('XDG_DATA_HOME'),
    openclawDirectory: text('OPENCLAW_STATE_DIR'),
    environment: () => environment,
  }
}

function thisMachine(): Surroundings {
  return { platform: process.platform, userHome: homedir(), notedKeyFile }
}

type Text = (name: string) => string | null

/** Where programs of this system keep data and settings. Source: XDG Base Directory Specification 0.8 (a relative path is to be ignored). */
function systemDirectories(text: Text, { platform, userHome }: Surroundings): { data: string; config: string } {
  const named = (name: string, fallback: string) => {
    const value = text(name)
    return value && isAbsolute(value) ? value : fallback
  }
  switch (platform) {
    case 'darwin':
      return { data: join(userHome, 'Library/Application Support'), config: join(userHome, 'Library/Preferences') }
    case 'win32':
      return {
        data: text('LOCALAPPDATA') ?? join(userHome, 'AppData', 'Local'),
        config: text('APPDATA') ?? join(userHome, 'AppData', 'Roaming'),
      }
    default:
      return {
        data: named('XDG_DATA_HOME', join(userHome, '.local/share')),
        config: named('XDG_CONFIG_HOME', join(userHome, '.config')),
      }
  }
}

function choice<T extends string>(text: Text, name: string, allowed: readonly T[], fallback: T): T {
  const value = text(name) ?? fallback
  if ((allowed as readonly string[]).includes(value)) return value as T
  throw new ConfigRefusal(name, value, allowed.join(', '))
}

function flag(text: Text, name: string): boolean {
  const value = text(name)
  if (value === null || value === '0' || value === 'false') return false
  if (value === '1' || value === 'true') return true
  throw new ConfigRefusal(name, value, '1 or 0')
}

const LOOPBACK_HOSTS = ['127.0.0.1', 'localhost', '::1']

/** True for a host that only this machine can reach. */
export function isLoopbackHost(host: string): boolean {
  return LOOPBACK_HOSTS.includes(host)
}

/** Plain http that leaves this machine. */
function isReadableOnTheWay(databaseUrl: string): boolean {
  const url = URL.parse(databaseUrl)
  return url?.protocol === 'http:' && !isLoopbackHost(url.hostname.replace(/^\[(.*)\]$/, '$1'))
}

function hostOf(value: string, allowsRemote: boolean): string {
  const host = value.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  if (isLoopbackHost(host)) return host
  // The parser of addresses judges it: `node:net` would do too, and takes a tenth of the start.
  const isAddress = /^[a-z0-9.:-]+$/.test(host) && URL.canParse(`http://${host.includes(':') ? `[${host}]` : host}/`)
  if (!isAddress) throw new ConfigRefusal('TOKENDECK_HOST', value, 'an IP address or a host name')
  if (allowsRemote) return host
  throw new ConfigRefusal(
    'TOKENDECK_HOST',
    value,
    `${LOOPBACK_HOSTS.join(', ')}; any other only with TOKENDECK_ALLOW_REMOTE=1`,
  )
}

function portOf(name: string, value: string, lowest: number): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : -1
  if (port >= lowest && port <= 65_535) return port
  throw new ConfigRefusal(name, value, `a whole number from ${lowest} to 65535`)
}

function portsOf(name: string, value: string): number[] {
  const parts = value.split(',').map((part) => part.trim())
  const ports = parts.map((part) => (/^\d{1,5}$/.test(part) ? Number(part) : 0))
  const areFine = ports.length <= 10 && ports.every((port) => port > 0 && port <= 65_535)
  if (areFine && new Set(ports).size === ports.length) return ports
  throw new ConfigRefusal(name, value, 'one to ten different port numbers from 1 to 65535, with commas between')
}

const DATABASE_SCHEMES = ['file:', 'http:', 'https:', 'libsql:']

function databaseUrlOf(value: string | null, home: string): string {
  if (value === null) return Bun.pathToFileURL(join(home, 'tokendeck.db')).href
  const scheme = /^[a-z]+:/i.exec(value)?.[0].toLowerCase()
  const hasPlace = scheme === 'file:' ? value.length > 'file:'.length : Boolean(URL.parse(value)?.host)
  if (scheme && DATABASE_SCHEMES.includes(scheme) && hasPlace) return value
  throw new ConfigRefusal(
    'TOKENDECK_DATABASE_URL',
    withoutCredentials(value),
    'a file:, http://, https:// or libsql:// address',
  )
}

/** An address that may be shown: without user, password and query. */
export function withoutCredentials(address: string): string {
  return address.replace(/[?#].*$/s, '').replace(/^([a-z]+:\/\/)[^/]*@/i, '$1')
}

function hasDisplay(text: Text, platform: NodeJS.Platform): boolean {
  if (platform === 'win32') return true
  if (platform === 'darwin') return text('SSH_CONNECTION') === null
  return text('DISPLAY') !== null || text('WAYLAND_DISPLAY') !== null
}
