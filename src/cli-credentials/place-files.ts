/**
 * The whole files that a change of login touches, with the facts by which a later change of them is noticed. Reads only,
 * and waits for a writer to finish.
 */

import type { Clock } from '../lib/clock.ts'
import type { Secret } from '../lib/secret.ts'
import type { CredentialPlace } from './credential-file.ts'

/** A file as the system sees it. Numbers as text, since nanoseconds do not fit a number. */
export interface FileFacts {
  device: string
  inode: string
  size: number
  mode: number
  owner: number
  modifiedNs: string
  changedNs: string
}

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
  /** Peculiarities that a replacement mends: the mode is wider than 0600. */
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

/**
 * Reads every file of a place whole.
 *
 * Errors: CredentialError `torn`, `foreign`, `not_permitted`. A file that is not there is no error
 */
export async function readPlaceFiles(place: CredentialPlace, machine: FileMachine): Promise<PlaceFiles> {
  throw new Error(`${place.path} ${machine.uid}`)
}
