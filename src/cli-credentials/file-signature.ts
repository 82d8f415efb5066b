/** Tells cheaply whether the files of a place may have changed. Reads no content. */

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { CredentialPlace } from './credential-file.ts'
import { fileOfPlace } from './token-file.ts'

/** Files that were written this short a time ago may be written again without a visible change. Milliseconds. */
const YOUNG_MS = 2_000

/**
 * A text that differs when a file of the place was written, replaced, made or removed; null when one is so young that
 * it says nothing yet.
 */
export async function placeSignature(place: CredentialPlace, now: number): Promise<string | null> {
  const beside = place.companionPath ?? join(place.directory, 'config.toml')
  const [file, neighbour] = await Promise.all([stampOf(fileOfPlace(place)), stampOf(beside)])
  if (Math.abs(now - Math.max(file.modifiedAt, neighbour.modifiedAt)) < YOUNG_MS) return null
  return `${file.text}|${neighbour.text}`
}

async function stampOf(path: string): Promise<{ text: string; modifiedAt: number }> {
  const found = await stat(path, { bigint: true }).catch(() => null)
  if (found === null) return { text: '-', modifiedAt: 0 }
  const { dev, ino, size, mtimeNs, ctimeNs, mode } = found
  return { text: [dev, ino, size, mtimeNs, ctimeNs, mode].join(':'), modifiedAt: Number(mtimeNs / 1_000_000n) }
}
