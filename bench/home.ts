/**
 * Homes for measuring: made by the program's own domain in a process of its own, with accounts whose providers are this
 * machine. Nothing in them leads to a real provider or a real login.
 */

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fakeProviderConfigToml } from '../src/testing/fake-provider-config.ts'
import { type Environment, program, runCommand } from './process.ts'

/** Port 9 is the discard service: nobody listens there, so whatever is asked is refused at once. */
const NOBODY = 'http://127.0.0.1:9'

export interface Home {
  /** TOKENDECK_HOME. */
  path: string
  environment: Environment
}

export interface HomeOptions {
  accounts: number
  /** Origin of the token endpoint. */
  endpoint?: string
  /** How long their access tokens still live; negative: they have ended. Milliseconds. */
  lifetimeMs?: number
  /** Further accounts, copied from the first by the database: quick to make, but their tokens do not open. */
  copies?: number
  /** Their limits were just read: a session window and a weekly one each. */
  hasUsage?: boolean
}

/** A home that was never started. */
export function newHome(directory: string, endpoint = NOBODY): Home {
  const place = mkdtempSync(join(directory, 'home-'))
  const path = join(place, 'tokendeck')
  const person = join(place, 'person')
  mkdirSync(path, { mode: 0o700 })
  mkdirSync(person)
  writeFileSync(join(path, 'config.toml'), fakeProviderConfigToml(endpoint), { mode: 0o600 })
  const environment = {
    HOME: person,
    XDG_CONFIG_HOME: '',
    XDG_DATA_HOME: '',
    CLAUDE_CONFIG_DIR: '',
    CLAUDE_SECURESTORAGE_CONFIG_DIR: '',
    CODEX_HOME: '',
    TOKENDECK_HOME: path,
    TOKENDECK_CONFIG: '',
    TOKENDECK_DATABASE_URL: '',
    TOKENDECK_HOST: '',
    TOKENDECK_KEY_SOURCE: 'file',
    TOKENDECK_KEY_FILE: join(place, 'key'),
    TOKENDECK_LOG_LEVEL: '',
    TOKENDECK_LOG_FORMAT: '',
    TOKENDECK_NO_OPEN: '1',
  }
  return { path, environment }
}

/** A home with accounts, left as after an orderly stop. */
export async function makeHome(directory: string, options: HomeOptions): Promise<Home> {
  const { accounts, endpoint, lifetimeMs = 8 * 3_600_000, copies = 0, hasUsage = false } = options
  const home = newHome(directory, endpoint)
  await runCommand(
    program('bench/programs/seed-home.ts', accounts, lifetimeMs, copies, Number(hasUsage)),
    home.environment,
  )
  return home
}
