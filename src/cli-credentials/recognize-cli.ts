/** Whose credential file a path leads to, when a person names a file and not its CLI. */

import { basename } from 'node:path'
import { CLIS } from './clis/index.ts'
import type { CliName } from './credential-file.ts'
import { parseRecord } from './json-fields.ts'
import type { Machine } from './read-credentials.ts'
import { MAX_CREDENTIAL_BYTES, readText } from './read-text.ts'

/**
 * The CLI, by the file's name, else by the keys in it; null when neither tells.
 *
 * Errors: none; total
 */
export async function recognizeCli(path: string, machine: Machine): Promise<CliName | null> {
  const clis = Object.values(CLIS)
  const named = clis.find(({ credentialFile }) => credentialFile === basename(path))
  if (named) return named.name
  const file = await readText(path, { symlinks: 'follow', maxBytes: MAX_CREDENTIAL_BYTES, uid: machine.uid })
  const root = file.state === 'read' ? parseRecord(file.text) : null
  if (root === null) return null
  return clis.find(({ ownKeys }) => ownKeys.some((key) => key in root))?.name ?? null
}
