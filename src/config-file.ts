/** config.toml: read once, each table by the room that it is about. A file that says something impossible is refused whole. */

import { existsSync, readFileSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import type { ConfiguredRules } from './alerts/alert-rules.ts'
import { AlertConfigError, readConfiguredRules } from './alerts/configured-rules.ts'
import { applyProviderConfig, ProviderConfigError } from './oauth/own-providers.ts'
import type { Provider } from './oauth/provider.ts'
import { builtInProviders } from './oauth/providers/index.ts'

export interface ConfigFile {
  /** Built-in and own ones by id, overrides applied. */
  providers: ReadonlyMap<string, Provider>
  /** Homes in which logins are looked for besides. */
  homes: readonly string[]
  /** Limits of alerts, beneath the person's choices. */
  alerts: ConfiguredRules
}

/** The file cannot be used as it is. One readable line that names it; `exitCode` is EX_CONFIG of sysexits.h. */
export class ConfigFileRefusal extends Error {
  override readonly name = 'ConfigFileRefusal'
  readonly exitCode = 78
}

/** What the file at this path says; a missing one says nothing. Errors: ConfigFileRefusal */
export function readConfigFile(path: string): ConfigFile {
  try {
    return parseConfigFile(existsSync(path) ? readFileSync(path, 'utf8') : null)
  } catch (error) {
    if (
      error instanceof ProviderConfigError ||
      error instanceof AlertConfigError ||
      error instanceof ConfigFileRefusal
    ) {
      throw new ConfigFileRefusal(`${error.message} (${path})`)
    }
    const { code } = error as NodeJS.ErrnoException
    if (code) throw new ConfigFileRefusal(`${path} cannot be read (${code}).`)
    throw error
  }
}

function parseConfigFile(text: string | null): ConfigFile {
  const providers = applyProviderConfig(builtInProviders, text, ['imports', 'alerts'])
  if (text === null || text.trim() === '') return { providers, homes: [], alerts: {} }
  // As TOML it was proved by whoever read the providers.
  const { imports, alerts } = Bun.TOML.parse(text.replace(/^\ufeff/, '')) as { imports?: unknown; alerts?: unknown }
  return { providers, homes: readHomes(imports), alerts: readConfiguredRules(alerts) }
}

function readHomes(imports: unknown): string[] {
  const homes = (imports as { homes?: unknown } | undefined)?.homes ?? []
  const isFine = Array.isArray(homes) && homes.every((home) => typeof home === 'string' && isAbsolute(home))
  if (!isFine) throw new ConfigFileRefusal('config.toml: imports.homes: must be a list of absolute paths')
  return homes
}
