/**
 * The accounts in one line for a shell's prompt, from the file that the dashboard, or the last command without one, left. Imports next to
 * nothing at run time: a prompt is drawn at every command.
 */

import type { StatusFile, StatusOfAccount } from '../accounts/status-file.ts'
import { USAGE_OLD_MS } from '../lib/usage-age.ts'

/** A file of this age was written by somebody who is there no more. Milliseconds. */
const OLD_MS = 3 * 60_000

/**
 * The kept status of a home; null when there is none.
 *
 * Errors: none; a file that cannot be read counts as none
 */
export async function readStatus(home: string): Promise<StatusFile | null> {
  try {
    const status = (await Bun.file(`${home}/status.json`).json()) as StatusFile
    return status.version === 1 && Array.isArray(status.accounts) ? status : null
  } catch {
    return null
  }
}

/**
 * One line: who is active in each CLI and how much of the tightest window is used, or, with nobody active, of the tightest
 * of all accounts; who must sign in again; and the age of a reading, or of all this, when it is old.
 *
 * Units:  `now` in epoch milliseconds
 */
export function statusLine({ accounts, writtenAt }: StatusFile, now: number): string {
  const age = now - writtenAt
  // The age of an old file is said once, for everything: then only readings that were old already have an age of their own.
  const reading = { now, judgedAt: age > OLD_MS ? writtenAt : now }
  const active = accounts.filter(({ isActive }) => isActive)
  const waiting = accounts.filter(({ login, isActive }) => login === 'sign_in_again' && !isActive).length
  const parts = [
    ...(active.length > 0 ? active.map((account) => words(account, reading)) : everybody(accounts, reading)),
    ...(waiting > 0 ? [`${waiting} to sign in`] : []),
  ]
  return `${parts.join(' · ')}${age > OLD_MS ? ` (${ageWords(age)} ago)` : ''}`
}

interface Reading {
  now: number
  /** The instant at which a reading must be old for its age to be said. */
  judgedAt: number
}

function words(account: StatusOfAccount, reading: Reading): string {
  const { provider, name, login } = account
  const state = login === 'sign_in_again' ? ' sign in again' : login === 'retrying' ? ' retrying' : ''
  return `${provider} ${oneLine(name)}${state}${used(account, reading)}`
}

/** How many there are, and the one with the least left of those that are not paused. */
function everybody(accounts: readonly StatusOfAccount[], reading: Reading): string[] {
  const [tightest] = accounts
    .filter((account) => !account.isPaused && isKnown(account, reading))
    .toSorted((left, right) => right.tightest!.usedFraction - left.tightest!.usedFraction)
  return [
    accounts.length === 1 ? '1 account' : `${accounts.length} accounts`,
    ...(tightest ? [`${oneLine(tightest.name)}${used(tightest, reading)}`] : []),
  ]
}

/** A window that has begun anew since says nothing any more. */
function isKnown({ tightest }: StatusOfAccount, { now }: Reading): boolean {
  return tightest !== null && (tightest.resetsAt === null || tightest.resetsAt > now)
}

function used(account: StatusOfAccount, reading: Reading): string {
  if (!isKnown(account, reading)) return ''
  const { tightest, readAt } = account
  const isOld = readAt !== null && reading.judgedAt - readAt > USAGE_OLD_MS
  return ` ${percent(tightest!.usedFraction)}%${isOld ? ` (read ${ageWords(reading.now - readAt)} ago)` : ''}`
}

/** What is not used up never rounds to all of it. */
function percent(fraction: number): number {
  return fraction < 1 ? Math.min(99, Math.round(fraction * 100)) : Math.round(fraction * 100)
}

function oneLine(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}

/** A span in one word, such as `12 min`. Milliseconds. */
export function ageWords(age: number): string {
  const minutes = Math.floor(age / 60_000)
  if (minutes < 120) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`
}
