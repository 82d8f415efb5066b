/** How a CLI is told to sign in: the line a person runs, and the same as arguments. Only writes it down; runs nothing. */

import type { CliName } from './credential-file.ts'

/** The arguments that make a CLI sign in, and whether it may ask for a code that the browser shows. */
export interface CliSignIn {
  variable: string
  args: readonly string[]
  takesCode: boolean
}

/**
 * Source: Claude Code 2.1.330 and codex 0.169.0. `codex login` first revokes the login that its directory holds, so the
 * directory has to be an empty one
 */
export const CLI_SIGN_IN: Record<CliName, CliSignIn> = {
  claude: { variable: 'CLAUDE_CONFIG_DIR', args: ['auth', 'login'], takesCode: true },
  codex: { variable: 'CODEX_HOME', args: ['login', '--device-auth'], takesCode: false },
}

/**
 * The exact line for a terminal.
 *
 * Shape:  CLI, absolute directory, platform as `process.platform` → one line, the directory quoted for the shell
 *   (`sh` and its kin; `cmd` on Windows)
 * Errors: none; total
 */
export function signInLine(cli: CliName, directory: string, platform: string): string {
  const { variable, args } = CLI_SIGN_IN[cli]
  const command = [cli, ...args].join(' ')
  if (platform === 'win32') return `set "${variable}=${directory.replaceAll('%', '%%')}" && ${command}`
  return `${variable}=${quote(directory)} ${command}`
}

/** Between single quotes a shell reads everything as it stands, except the quote itself. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
