/** Where and under which name a CLI keeps the login of a directory in the system's keyring. Reads no keyring. */

import { createHash } from 'node:crypto'
import type { CredentialPlace } from './credential-file.ts'

/**
 * The item, as the system's own program for keys shows it.
 *
 * Shape:  a place, and its directory with links resolved → what people call the store, service, and account where known
 * Source: Claude Code 2.1.330 on macOS (eight hexadecimal digits of the directory where it is named by the environment);
 *   codex 0.169.0 (sixteen, of the directory with links resolved)
 */
export function keyringItem(
  { cli, directory, kind }: Pick<CredentialPlace, 'cli' | 'directory' | 'kind'>,
  realDirectory: string,
): { store: 'keychain' | 'keyring'; service: string; account: string | null } {
  const digits = (text: string, count: number) => createHash('sha256').update(text).digest('hex').slice(0, count)
  switch (cli) {
    case 'claude': {
      const suffix = kind === 'default' ? '' : `-${digits(directory.normalize('NFC'), 8)}`
      return { store: 'keychain', service: `Claude Code-credentials${suffix}`, account: null }
    }
    case 'codex':
      return { store: 'keyring', service: 'Codex Auth', account: `cli|${digits(realDirectory, 16)}` }
  }
}

/**
 * True where the item of a place can be opened when a person asks for it: Claude Code's, with the program `security` of
 * macOS. No other system has a program for it that asks its owner first.
 */
export function isOpenedOnRequest({ cli }: Pick<CredentialPlace, 'cli'>, platform: string): boolean {
  return cli === 'claude' && platform === 'darwin'
}
