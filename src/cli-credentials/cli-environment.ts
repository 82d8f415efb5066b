/**
 * How a CLI is pointed at a directory by its environment, and which variables outrank the login that lies there. Data and
 * pure functions; reads no environment.
 */

import { dirname } from 'node:path'
import type { CliName, CredentialPlace } from './credential-file.ts'

/** What a program's environment must hold, and what it must not, so that it uses one login and no other. */
export interface CliEnvironment {
  set: Record<string, string>
  unset: string[]
}

/** The variables that name a CLI's directory, the one that we set first. */
const DIRECTORY_VARIABLES: Record<CliName, readonly [string, ...string[]]> = {
  claude: ['CLAUDE_CONFIG_DIR', 'CLAUDE_SECURESTORAGE_CONFIG_DIR'],
  codex: ['CODEX_HOME'],
}

/**
 * Variables that a CLI prefers to the login in its directory.
 * Source: Claude Code's documentation of authentication precedence (2026-08-22); codex 0.169.0
 */
export const OUTRANKING_VARIABLES: Record<CliName, readonly string[]> = {
  claude: [
    'CLAUDE_CODE_USE_BEDROCK',
    'CLAUDE_CODE_USE_VERTEX',
    'CLAUDE_CODE_USE_FOUNDRY',
    'ANTHROPIC_AUTH_TOKEN',
    'ANTHROPIC_API_KEY',
    'CLAUDE_CODE_OAUTH_TOKEN',
    'CLAUDE_CODE_OAUTH_REFRESH_TOKEN',
  ],
  codex: ['CODEX_API_KEY', 'CODEX_ACCESS_TOKEN', 'OPENAI_API_KEY'],
}

/** The variable in which a CLI takes a bare access token instead of a login. */
export const TOKEN_VARIABLE: Record<CliName, string> = {
  claude: 'CLAUDE_CODE_OAUTH_TOKEN',
  codex: 'CODEX_ACCESS_TOKEN',
}

/**
 * The environment in which a CLI uses the login of a place. In its default place no variable must name a directory: Claude
 * Code keeps `.claude.json` elsewhere then. Where only its tokens were moved, only they are pointed at.
 */
export function environmentOf(
  place: Pick<CredentialPlace, 'cli' | 'directory' | 'companionPath' | 'kind'>,
): CliEnvironment {
  const names = DIRECTORY_VARIABLES[place.cli]
  const isApart =
    place.kind === 'environment' && place.companionPath !== null && dirname(place.companionPath) !== place.directory
  const used = place.kind === 'default' ? null : isApart ? names.at(-1)! : names[0]
  return {
    set: used === null ? {} : { [used]: place.directory },
    unset: [...names.filter((name) => name !== used && !isApart), ...OUTRANKING_VARIABLES[place.cli]],
  }
}
