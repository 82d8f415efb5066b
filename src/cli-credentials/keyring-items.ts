/** Where and under which name a CLI keeps the login of a directory in the system's keyring. Reads no keyring. */

import type { KeyringItem } from './clis/cli.ts'
import { CLIS } from './clis/index.ts'
import type { CredentialPlace } from './credential-file.ts'

/** The item of a place. Shape: the place, and its directory with links resolved */
export function keyringItem(
  place: Pick<CredentialPlace, 'cli' | 'directory' | 'kind'>,
  realDirectory: string,
): KeyringItem {
  return CLIS[place.cli].keyringItem(place, realDirectory)
}

/**
 * True where the item of a place can be opened when a person asks for it: Claude Code's, with the program `security` of
 * macOS. No other system has a program for it that asks its owner first.
 */
export function isOpenedOnRequest({ cli }: Pick<CredentialPlace, 'cli'>, platform: string): boolean {
  return CLIS[cli].keyringOpensOn === platform
}
