/**
 * Values of one `[providers.NAME]` table, each read with its type, its form and one line that says what is allowed.
 * Knows no key: the definition names them.
 */

import { cleanText } from '../lib/foreign-text.ts'
import { endpointProblem } from './endpoint-url.ts'

/** Keys whose values are not repeated: people put API keys into headers. */
const HOLDS_SECRETS = /_headers(?:\.|$)/

/** A setting of a provider that cannot be used. The message is one line: key, value, what is allowed. */
export class ProviderConfigError extends Error {
  override readonly name = 'ProviderConfigError'

  /**
   * @param key such as `providers.acme.token_url`; '' for the file itself
   * @param value what stands there; undefined when it is missing or must not be repeated
   */
  constructor(
    readonly key: string,
    value: unknown,
    readonly allowed: string,
  ) {
    const shown = value === undefined || HOLDS_SECRETS.test(key) ? '' : ` = ${shortened(value)}`
    super(`config.toml: ${key}${shown}${key === '' ? '' : ': '}${allowed}`)
  }

  static unknownKey(table: string, key: string, known: readonly string[]): ProviderConfigError {
    const path = table === '' ? key : `${table}.${key}`
    return new ProviderConfigError(cleanText(path, 100), undefined, `unknown key; known are ${known.join(', ')}`)
  }
}

function shortened(value: unknown): string {
  return cleanText(typeof value === 'object' ? JSON.stringify(value) : JSON.stringify(String(value)), 100)
}

/** One table with a reader for every kind of value. A key that is absent gives undefined; `refuseUnknown` ends the reading. */
export class ProviderSettings {
  readonly #values: Record<string, unknown>
  readonly #known = new Set<string>()

  constructor(
    readonly path: string,
    values: Record<string, unknown>,
  ) {
    this.#values = values
  }

  /** Fails on a key that no reader has asked for. */
  refuseUnknown(): void {
    const unknown = Object.keys(this.#values).find((key) => !this.#known.has(key))
    if (unknown !== undefined) throw ProviderConfigError.unknownKey(this.path, unknown, [...this.#known].sort())
  }

  has(key: string): boolean {
    return this.#take(key) !== undefined
  }

  isTable(key: string): boolean {
    return typeof this.#take(key) === 'object' && !Array.isArray(this.#take(key))
  }

  /** Fails as if `key` had been written wrongly. */
  fail(key: string, allowed: string): never {
    throw new ProviderConfigError(`${this.path}.${key}`, this.#take(key), allowed)
  }

  /** Text of visible characters and spaces, 1–200. */
  text(key: string, allowed = 'must be a text of 1 to 200 visible characters'): string | undefined {
    const value = this.#take(key)
    if (value === undefined) return undefined
    return typeof value === 'string' && value !== '' && cleanText(value) === value ? value : this.fail(key, allowed)
  }

  /** A word of visible ASCII without spaces, as ids and scopes are. */
  word(key: string): string | undefined {
    const allowed = 'must be a text of visible ASCII characters without spaces'
    const value = this.text(key, allowed)
    return value === undefined || WORD.test(value) ? value : this.fail(key, allowed)
  }

  words(key: string): string[] | undefined {
    const value = this.#take(key)
    if (value === undefined) return undefined
    const isWords = Array.isArray(value) && value.every((word) => typeof word === 'string' && WORD.test(word))
    return isWords ? value : this.fail(key, 'must be a list of texts without spaces, such as ["openid", "email"]')
  }

  oneOf<const T extends string>(key: string, choices: readonly T[]): T | undefined {
    const value = this.#take(key)
    if (value === undefined || choices.includes(value as T)) return value as T | undefined
    return this.fail(key, `must be ${quotedList(choices)}`)
  }

  someOf<const T extends string>(key: string, choices: readonly T[]): T[] | undefined {
    const value = this.#take(key)
    if (value === undefined) return undefined
    const isList = Array.isArray(value) && value.length > 0 && value.every((choice) => choices.includes(choice))
    if (isList && new Set(value).size === value.length) return value
    return this.fail(key, `must be a list of ${quotedList(choices)}, each at most once`)
  }

  flag(key: string): boolean | undefined {
    const value = this.#take(key)
    return value === undefined || typeof value === 'boolean' ? value : this.fail(key, 'must be true or false')
  }

  count(key: string, max: number): number | undefined {
    const value = this.#take(key)
    if (value === undefined) return undefined
    const isCount = Number.isInteger(value) && Number(value) >= 1 && Number(value) <= max
    return isCount ? Number(value) : this.fail(key, `must be a whole number from 1 to ${max}`)
  }

  /** An endpoint: https, or http on loopback, without fragment. RFC 6749 §3.1–3.2 */
  url(key: string): string | undefined {
    const value = this.#take(key)
    if (value === undefined) return undefined
    const problem = typeof value === 'string' ? endpointProblem(value) : 'must be an address in quotes'
    // An address with a password in it is not repeated.
    if (problem?.includes('password')) throw new ProviderConfigError(`${this.path}.${key}`, undefined, problem)
    if (problem !== null) return this.fail(key, problem)
    return String(value).includes('#') ? this.fail(key, 'must not have a part behind #') : String(value)
  }

  /** As `url`, or what it was; an empty text means that there is none. */
  urlOrNone(key: string, kept: string | null): string | null {
    return this.#take(key) === '' ? null : (this.url(key) ?? kept)
  }

  /** A table of texts; numbers and truth values are taken as they are written. */
  texts(key: string): Record<string, string> | undefined {
    const table = this.table(key)
    if (table === undefined) return undefined
    const entries = Object.entries(table.#values).map(([name, value]): [string, string] => {
      const text = ['number', 'boolean', 'bigint'].includes(typeof value) ? String(value) : value
      if (typeof text === 'string' && (text === '' || cleanText(text, 4_000) === text)) return [name, text]
      return table.fail(name, 'must be a text on one line')
    })
    return Object.fromEntries(entries)
  }

  table(key: string): ProviderSettings | undefined {
    const value = this.#take(key)
    if (value === undefined) return undefined
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return this.fail(key, 'must be a table, such as { name = "value" }')
    }
    return new ProviderSettings(`${this.path}.${key}`, value as Record<string, unknown>)
  }

  #take(key: string): unknown {
    this.#known.add(key)
    return Object.hasOwn(this.#values, key) ? this.#values[key] : undefined
  }
}

const WORD = /^[\x21-\x7e]{1,200}$/

function quotedList(choices: readonly string[]): string {
  return choices.map((choice) => `"${choice}"`).join(' or ')
}
