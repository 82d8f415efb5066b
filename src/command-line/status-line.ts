/**
 * The accounts in one line for a shell's prompt, from the file that the dashboard, or the last command without one, left. Imports nothing at run time: a
 * prompt is drawn at every command.
 */

import type { StatusFile, StatusOfAccount } from '../accounts/status-file.ts'

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
 * One line: who is active in each CLI and how much of the tightest window is used, who must sign in again, and the age of
 * all this when it is old.
 *
 * Units:  `now` in epoch milliseconds
 */
export function statusLine({ accounts, writtenAt }: StatusFile, now: number): string {
  const active = accounts.filter(({ isActive }) => isActive)
  const waiting = accounts.filter(({ login, isActive }) => login === 'sign_in_again' && !isActive).length
  const parts = [
    ...active.map((account) => words(account, now)),
    ...(active.length === 0 ? [accounts.length === 1 ? '1 account' : `${accounts.length} accounts`] : []),
    ...(waiting > 0 ? [`${waiting} to sign in`] : []),
  ]
  const age = now - writtenAt
  return `${parts.join(' · ')}${age > OLD_MS ? ` (${ageWords(age)} ago)` : ''}`
}

function words({ provider, name, login, tightest }: StatusOfAccount, now: number): string {
  const state = login === 'sign_in_again' ? ' sign in again' : login === 'retrying' ? ' retrying' : ''
  // A window that has begun anew since says nothing any more.
  const isKnown = tightest !== null && (tightest.resetsAt === null || tightest.resetsAt > now)
  const used = isKnown ? ` ${Math.round(tightest.usedFraction * 100)}%` : ''
  return `${provider} ${oneLine(name)}${state}${used}`
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
