/** How a CLI is told to sign in: the line a person runs. Only writes it down; runs nothing. */

import { CLIS } from './clis/index.ts'
import type { CliName } from './credential-file.ts'

/**
 * The exact line for a terminal.
 *
 * Shape:  CLI, absolute directory, platform as `process.platform` → one line, the directory quoted for the shell
 *   (`sh` and its kin; `cmd` on Windows)
 * Errors: none; total
 */
export function signInLine(cli: CliName, directory: string, platform: string): string {
  const { directoryVariables, signIn } = CLIS[cli]
  const [variable] = directoryVariables
  const command = [cli, ...signIn.args].join(' ')
  if (platform === 'win32') return `set "${variable}=${directory.replaceAll('%', '%%')}" && ${command}`
  return `${variable}=${quote(directory)} ${command}`
}

/** Between single quotes a shell reads everything as it stands, except the quote itself. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
