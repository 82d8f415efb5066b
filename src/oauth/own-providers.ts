/**
 * `config.toml`'s `[providers.*]`: overrides of what comes with the program, and providers of one's own. A file that says
 * something unknown or impossible is refused whole, in one line. Knows no file: it is given the text.
 */

import { cleanText } from '../lib/foreign-text.ts'
import type { Provider } from './provider.ts'
import { defineProvider } from './provider-definition.ts'
import { ProviderConfigError } from './provider-settings.ts'

export { ProviderConfigError } from './provider-settings.ts'

/** Ids of own providers: they stand in addresses, file names and log lines. */
const PROVIDER_ID = /^[a-z][a-z0-9_-]{0,31}$/

/**
 * All providers by id: the built-in ones with their overrides, then own ones in the file's order.
 *
 * Shape:  `tomlText` null or blank costs nothing; `otherTables` names top-level tables that other rooms read
 * Errors: ProviderConfigError, one readable line that names key, value and what is allowed
 */
export function applyProviderConfig(
  builtIn: readonly Provider[],
  tomlText: string | null,
  otherTables: readonly string[] = [],
): Map<string, Provider> {
  const providers = new Map(builtIn.map((provider) => [provider.id, provider]))
  if (tomlText === null || tomlText.trim() === '') return providers
  const document = parsed(tomlText)
  const unknown = Object.keys(document).find((key) => key !== 'providers' && !otherTables.includes(key))
  if (unknown !== undefined) throw ProviderConfigError.unknownKey('', unknown, ['providers', ...otherTables])
  for (const [id, settings] of Object.entries(asTable('providers', document.providers ?? {}))) {
    const path = `providers.${id}`
    if (!PROVIDER_ID.test(id)) {
      const allowed = 'a provider is named in lower-case letters, digits, - and _, at most 32, a letter first'
      throw new ProviderConfigError(path, undefined, allowed)
    }
    providers.set(id, defineProvider(id, path, asTable(path, settings), providers.get(id) ?? null))
  }
  return providers
}

/**
 * Hosts that requests may go to, as in `URL.host`: those of every endpoint that is asked by the program itself. The
 * authorization page is opened by the browser, so it is not among them.
 */
export function allowedHosts(providers: Iterable<Provider>): Set<string> {
  const addresses = [...providers].flatMap((provider) => [
    provider.tokenUrl,
    provider.revocationUrl,
    provider.profileUrl,
    provider.usageUrl,
    provider.apiKeys?.url,
    ...Object.values(provider.profileParts ?? {}),
    provider.device?.authorizationUrl,
    provider.device?.tokenUrl,
  ])
  return new Set(addresses.filter((address) => Boolean(address)).map((address) => new URL(address!).host))
}

function parsed(tomlText: string): Record<string, unknown> {
  try {
    return Bun.TOML.parse(tomlText.replace(/^\ufeff/, '')) as Record<string, unknown>
  } catch (error) {
    // The parser quotes what it stumbled over, which may be a secret.
    const words = cleanText((error as Error).message.replace(/:?\s*"[^"]*"?/g, ''))
    throw new ProviderConfigError('', undefined, `cannot be read as TOML: ${words}`)
  }
}

function asTable(path: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new ProviderConfigError(path, value, `must be a table, written as [${path}]`)
}
