/** Under which name a CLI keeps the login of a directory in the system's keyring. Reads no keyring. */

import { createHash } from 'node:crypto'
import type { CredentialPlace } from './credential-file.ts'

/**
 * The item, as the system's own program for keys shows it.
 *
 * Shape:  a place, and its directory with links resolved → service, and account where that is known
 * Source: Claude Code 2.1.330 on macOS (eight hexadecimal digits of the directory where it is named by the environment);
 *   codex 0.169.0 (sixteen, of the directory with links resolved)
 */
export function keyringItem(
  { cli, directory, kind }: Pick<CredentialPlace, 'cli' | 'directory' | 'kind'>,
  realDirectory: string,
): { service: string; account: string | null } {
  const digits = (text: string, count: number) => createHash('sha256').update(text).digest('hex').slice(0, count)
  switch (cli) {
    case 'claude': {
      const suffix = kind === 'default' ? '' : `-${digits(directory.normalize('NFC'), 8)}`
      return { service: `Claude Code-credentials${suffix}`, account: null }
    }
    case 'codex':
      return { service: 'Codex Auth', account: `cli|${digits(realDirectory, 16)}` }
  }
}
