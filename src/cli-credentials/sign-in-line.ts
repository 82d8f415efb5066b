/** The line a person runs so that a CLI signs in within a directory of its own. Only writes it down; runs nothing. */

import type { CliName } from './credential-file.ts'

/**
 * The exact line for a terminal.
 *
 * Shape:  CLI, absolute directory, platform as `process.platform` → one line, the directory quoted for the shell
 *   (`sh` and its kin; `cmd` on Windows)
 * Errors: none; total
 * Source: Claude Code 2.1.330 and codex 0.169.0. `codex login` first revokes the login that its directory holds, so the
 *   directory has to be an empty one
 */
export function signInLine(cli: CliName, directory: string, platform: string): string {
  const [variable, command] = {
    claude: ['CLAUDE_CONFIG_DIR', 'claude auth login'],
    codex: ['CODEX_HOME', 'codex login --device-auth'],
  }[cli]
  if (platform === 'win32') return `set "${variable}=${directory.replaceAll('%', '%%')}" && ${command}`
  return `${variable}=${quote(directory)} ${command}`
}

/** Between single quotes a shell reads everything as it stands, except the quote itself. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
