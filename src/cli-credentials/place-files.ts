/**
 * The whole files that a change of login touches, with the facts by which a later change of them is noticed. Reads only,
 * and waits for a writer to finish.
 */

import { lstat, readlink, realpath } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Clock } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'
import { CLIS } from './clis/index.ts'
import { CredentialError } from './credential-error.ts'
import type { CredentialPlace } from './credential-file.ts'
import { type FileFacts, MAX_COMPANION_BYTES, MAX_CREDENTIAL_BYTES, readText } from './read-text.ts'

export type { FileFacts } from './read-text.ts'

/** One file of a place. */
export interface PlaceFile {
  role: 'credentials' | 'companion'
  /** Where the CLI looks for it. */
  path: string
  /** What is replaced: the same, or where a symlink leads that the CLI itself writes through. */
  target: string
  /** The exact content; null when there is no such file. */
  text: Secret | null
  facts: FileFacts | null
  /** A replacement mends it: the mode is wider than 0600. */
  isReadableByOthers: boolean
}

/** All files of a place: the credentials first, then the companion where the CLI has one. */
export interface PlaceFiles {
  place: CredentialPlace
  files: PlaceFile[]
}

/** The machine as far as files are concerned. */
export interface FileMachine {
  clock: Clock
  /** Who must own the files; null where the system has no such thing. */
  uid: number | null
}

/** Waits between looks at a file that is not whole, milliseconds; together a little over a second. */
const WRITER_WAITS_MS = [20, 40, 80, 160, 300, 420]

/**
 * Reads every file of a place whole. A file of no bytes that stays so counts as one that says nothing: there is nothing to
 * lose in it.
 *
 * Errors: CredentialError `torn`, `foreign`, `not_permitted`. A file that is not there is no error
 */
export async function readPlaceFiles(place: CredentialPlace, machine: FileMachine): Promise<PlaceFiles> {
  const files = [await readWhole(place, 'credentials', place.path, machine)]
  if (place.companionPath) files.push(await readWhole(place, 'companion', place.companionPath, machine))
  return { place, files }
}

async function readWhole(
  place: CredentialPlace,
  role: PlaceFile['role'],
  path: string,
  machine: FileMachine,
): Promise<PlaceFile> {
  for (const wait of WRITER_WAITS_MS) {
    const file = await readOnce(place, role, path, machine)
    if (file.text === null || isWhole(file.text)) return file
    await machine.clock.sleep(wait)
  }
  const file = await readOnce(place, role, path, machine)
  if (file.text === null || isWhole(file.text) || file.text.isEmpty) return file
  throw new CredentialError('torn', path, 'not_whole')
}

async function readOnce(
  place: CredentialPlace,
  role: PlaceFile['role'],
  path: string,
  { uid }: FileMachine,
): Promise<PlaceFile> {
  const { symlinks } = CLIS[place.cli]
  const maxBytes = role === 'companion' ? MAX_COMPANION_BYTES : MAX_CREDENTIAL_BYTES
  const target = symlinks === 'follow' ? await targetOf(path) : path
  const file = await readText(path, { symlinks, maxBytes, uid })
  if (file.state === 'missing') return { role, path, target, text: null, facts: null, isReadableByOthers: false }
  if (file.state !== 'read') throw new CredentialError(file.state, path, file.detail)
  const { facts, isReadableByOthers } = file
  // What is no UTF-8 is not whole either: U+FFFE never stands in JSON.
  return { role, path, target, text: new Secret(file.text ?? NOT_TEXT), facts, isReadableByOthers }
}

const NOT_TEXT = '\ufffe'
const BYTE_ORDER_MARK = '\ufeff'

/** A byte order mark will not go away by waiting; whoever edits the text says so. */
function isWhole(text: Secret): boolean {
  if (text.reveal().startsWith(BYTE_ORDER_MARK)) return true
  try {
    JSON.parse(text.reveal())
    return true
  } catch {
    return false
  }
}

/** Longest chain of links to a file that does not exist yet. */
const MAX_LINKS = 10

/** Where a symlink leads in the end, also to where nothing is. */
export async function targetOf(path: string): Promise<string> {
  let target = path
  for (let links = 0; links < MAX_LINKS; links++) {
    const real = await realpath(target).catch(() => null)
    if (real !== null) return real === path ? path : real
    const isLink = (await lstat(target).catch(() => null))?.isSymbolicLink() ?? false
    if (!isLink) break
    target = resolve(dirname(target), await readlink(target))
  }
  const parent = await realpath(dirname(target)).catch(() => dirname(target))
  return join(parent, target.slice(dirname(target).length + 1))
}
