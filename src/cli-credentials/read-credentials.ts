/**
 * Reads the login that lies in a place, whatever CLI wrote it, and waits for a writer to finish before it calls a file
 * torn. It never writes, refreshes, locks or signs out.
 */

import type { Clock } from '../lib/clock.ts'
import type { Secret } from '../lib/secret.ts'
import { CLIS } from './clis/index.ts'
import { LOGIN_FILES } from './clis/login-files.ts'
import type { CredentialJudgement, CredentialPlace, CredentialReading, CredentialWarning } from './credential-file.ts'
import { type FileText, MAX_COMPANION_BYTES, MAX_CREDENTIAL_BYTES, type OpenRule, readText } from './read-text.ts'
import { type FileEntry, fileOfPlace, judgeEntry } from './token-file.ts'

/** The machine as readers see it. */
export interface Machine {
  clock: Clock
  /** Who must own the files; null where the system has no such thing. */
  uid: number | null
  /** As `process.platform`. */
  platform: string
}

/** Waits between looks at a file that is not whole, milliseconds; together a little over a second. */
const WRITER_WAITS_MS = [20, 40, 80, 160, 300, 420]

/**
 * The login in a place.
 *
 * Shape:  see CredentialReading; instants in epoch milliseconds
 * Errors: none; total
 * Source: codex truncates its file and writes in place, so a reader can meet an empty or half file
 */
export async function readCredentials(place: CredentialPlace, machine: Machine): Promise<CredentialReading> {
  for (const wait of WRITER_WAITS_MS) {
    const reading = await readOnce(place, machine)
    if (reading.state !== 'torn') return reading
    await machine.clock.sleep(wait)
  }
  return readOnce(place, machine)
}

/** What a text of a credential file says without the files beside it. Errors: none; total */
export function judgeCredentials(place: CredentialPlace, text: Secret, modifiedAt: number): CredentialReading {
  return { ...judge(place, text.reveal(), null), modifiedAt }
}

/** What a text from another store says, together with the files beside the place. Errors: none; total */
export async function judgeStored(
  place: CredentialPlace,
  text: Secret,
  modifiedAt: number,
  machine: Machine,
): Promise<CredentialReading> {
  const companion = await readNeighbour(place.companionPath, place, machine)
  return { ...judge(place, text.reveal(), companion?.text ?? null), modifiedAt }
}

async function readOnce(place: CredentialPlace, machine: Machine): Promise<CredentialReading> {
  // The Keychain asks the person: it is opened by an act of theirs, never by a look.
  if (place.entry?.format === 'keychain') return { state: 'keyring' }
  const file = await readText(fileOfPlace(place), openRule(place, machine, MAX_CREDENTIAL_BYTES))
  if (place.entry) return readEntry(place.entry, file)
  if (file.state === 'missing') {
    return LOGIN_FILES[place.cli].readAbsence(place, machine.platform, (path) => readNeighbour(path, place, machine))
  }
  if (file.state !== 'read') return file
  const companion = await readNeighbour(place.companionPath, place, machine)
  const judgement = judge(place, file.text, companion?.text ?? null)
  if (judgement.state !== 'live') return { ...judgement, modifiedAt: file.modifiedAt }
  return { ...judgement, modifiedAt: file.modifiedAt, warnings: [...judgement.warnings, ...fileWarnings(file)] }
}

/** What an entry of another tool's file says. That others in the same file are broken changes nothing about it. */
function readEntry(entry: FileEntry, file: FileText): CredentialReading {
  if (file.state !== 'read') return file
  const judgement = judgeEntry(entry, file.text)
  if (judgement === null) return { state: 'missing' }
  const { modifiedAt } = file
  if (judgement.state !== 'live') return { ...judgement, modifiedAt }
  return { ...judgement, modifiedAt, warnings: [...judgement.warnings, ...fileWarnings(file)] }
}

function judge(place: CredentialPlace, text: string | null, companionText: string | null): CredentialJudgement {
  if (place.entry) return judgeEntry(place.entry, text) ?? { state: 'blanked' }
  return LOGIN_FILES[place.cli].judge(text, companionText)
}

/** The text of a file beside; null when there is none that can be read. Links are followed: it holds no token. */
async function readNeighbour(path: string | null, place: CredentialPlace, machine: Machine) {
  if (path === null) return null
  const file = await readText(path, { ...openRule(place, machine, MAX_COMPANION_BYTES), symlinks: 'follow' })
  return file.state === 'read' ? file : null
}

/** Other tools go through symlinks, as most programs do. */
function openRule(place: CredentialPlace, machine: Machine, maxBytes: number): OpenRule {
  return {
    symlinks: place.entry === undefined ? CLIS[place.cli].symlinks : 'follow',
    maxBytes,
    uid: place.hasModes === false ? null : machine.uid,
  }
}

function fileWarnings(file: FileText & { state: 'read' }): CredentialWarning[] {
  return [
    ...(file.isReadableByOthers ? (['readable_by_others'] as const) : []),
    ...(file.isSymlink ? (['symlink'] as const) : []),
  ]
}
