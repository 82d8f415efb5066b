/**
 * What a switch would not reach: variables and settings that a CLI prefers to the login in its directory, and CLIs that run
 * already. Reads names of settings and what kind they are, never their secrets.
 */

import { join } from 'node:path'
import type { AccountsContext } from '../accounts/context.ts'
import { machineOf } from '../accounts/file-login.ts'
import { CLIS } from '../cli-credentials/clis/index.ts'
import { asRecord, asText, parseRecord } from '../cli-credentials/json-fields.ts'
import { showsProcesses } from '../cli-credentials/process-view.ts'
import { readText } from '../cli-credentials/read-text.ts'
import { runningClis, usersOf } from '../cli-credentials/running-clis.ts'
import type { ProviderPlace } from './cli-place.ts'

/**
 * `variable_set`: one of our own environment, so probably of the terminal's too. `setting_outranks`: a setting in a file of
 * the CLI. `login_not_in_file`: the CLI is set to keep logins elsewhere. `cli_running`: it keeps its account until it is
 * started again. `running_unknown`: this system does not show which programs run.
 */
export type SwitchWarning =
  | { code: 'variable_set'; params: { name: string } }
  | { code: 'setting_outranks'; params: { name: string; path: string } }
  | { code: 'login_not_in_file'; params: { name: string; path: string } }
  | { code: 'cli_running'; params: { programs: string } }
  | { code: 'running_unknown'; params: Record<string, never> }

const MAX_SETTINGS_BYTES = 1024 * 1024

/** Everything that a switch of this place would not reach. Errors: none; what cannot be read says nothing */
export async function outrankingOf(context: AccountsContext, { place }: ProviderPlace): Promise<SwitchWarning[]> {
  const { variables } = context.programs
  const { processRoot } = context.system
  const set = CLIS[place.cli].outrankingVariables.filter((name) => variables.has(name))
  const isShown = await showsProcesses(processRoot)
  const users = isShown ? await usersOf(place.directory, await runningClis(processRoot)) : []
  return [
    ...set.map((name) => ({ code: 'variable_set' as const, params: { name } })),
    ...(await settingsOf(context, place)),
    ...(users.length > 0 ? [{ code: 'cli_running' as const, params: { programs: users.join(', ') } }] : []),
    ...(isShown ? [] : [{ code: 'running_unknown' as const, params: {} }]),
  ]
}

async function settingsOf(context: AccountsContext, place: ProviderPlace['place']): Promise<SwitchWarning[]> {
  const read = async (name: string) => {
    const path = join(place.directory, name)
    const file = await readText(path, { symlinks: 'follow', maxBytes: MAX_SETTINGS_BYTES, uid: machineOf(context).uid })
    return { path, text: file.state === 'read' ? file.text : null }
  }
  switch (place.cli) {
    case 'claude':
      return (await Promise.all(['settings.json', 'settings.local.json'].map(read))).flatMap(({ path, text }) =>
        claudeSettings(text).map((name) => ({ code: 'setting_outranks' as const, params: { name, path } })),
      )
    case 'codex': {
      const { path, text } = await read('config.toml')
      return codexSettings(text, path)
    }
  }
}

/** Source: Claude Code's documentation of authentication precedence (2026-08-22): `apiKeyHelper`, and variables in `env`. */
export function claudeSettings(text: string | null): string[] {
  const root = parseRecord(text)
  const env = asRecord(root?.env)
  const named = CLIS.claude.outrankingVariables.filter((name) => asText(env?.[name]) !== null)
  return [...(asText(root?.apiKeyHelper) === null ? [] : ['apiKeyHelper']), ...named.map((name) => `env.${name}`)]
}

/** Source: codex 0.169.0: `cli_auth_credentials_store`, `forced_login_method`, and a model provider with a key of its own. */
export function codexSettings(text: string | null, path: string): SwitchWarning[] {
  const topLevel = (text ?? '').split(/^[ \t]*\[/m, 1)[0]!
  const settingOf = (key: string) =>
    new RegExp(`^[ \\t]*["']?${key}["']?[ \\t]*=[ \\t]*["']([^"'\\n]*)["']`, 'm').exec(topLevel)?.[1]
  const store = settingOf('cli_auth_credentials_store')
  const forced = settingOf('forced_login_method')
  const provider = settingOf('model_provider')
  return [
    ...(store && store !== 'file'
      ? [{ code: 'login_not_in_file' as const, params: { name: `cli_auth_credentials_store = "${store}"`, path } }]
      : []),
    ...(forced === 'api' ? [{ code: 'setting_outranks' as const, params: { name: 'forced_login_method', path } }] : []),
    ...(provider && provider !== 'openai'
      ? [{ code: 'setting_outranks' as const, params: { name: `model_provider = "${provider}"`, path } }]
      : []),
  ]
}
