/** Files that hold a key or a passphrase: what cannot be read is a refusal of the vault's, and what is not needed any more is overwritten. */

import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { type FileOwnership, FileRefusal, readPrivateFile } from '../lib/private-file.ts'
import type { Secret } from '../lib/secret.ts'
import { KeyRefusal } from './key-refusal.ts'

/**
 * The text of a file that only its owner may read, or null when there is none.
 *
 * Errors: KeyRefusal `key_not_permitted`
 */
export function readSecretFile(path: string, what: string, machine?: FileOwnership): Secret | null {
  try {
    return readPrivateFile(path, what, machine)
  } catch (error) {
    throw error instanceof FileRefusal ? new KeyRefusal('key_not_permitted', error.message) : error
  }
}

/** Writes zeros over what a file holds, through to the disk. Disks that write elsewhere keep the old bytes for a while. */
export function overwriteFile(path: string, bytes: number): void {
  const file = openSync(path, 'r+')
  try {
    writeSync(file, Buffer.alloc(bytes), 0, bytes, 0)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
