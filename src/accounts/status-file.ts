/**
 * `status.json` in the home: how the accounts stand, in a few words, for whoever has no time to ask (a shell's prompt, the
 * completion of names). Written by whoever has the database open; only its owner can read it, and no token is in it.
 */

import { readFileSync, renameSync } from 'node:fs'
import { writeDraft } from '../lib/durable-file.ts'
import { type AccountSummary, accountName } from './account-summary.ts'
import type { AccountsContext } from './context.ts'

/** The file's content. Instants in epoch milliseconds. */
export interface StatusFile {
  version: 1
  writtenAt: number
  /** In the person's order. */
  accounts: StatusOfAccount[]
}

export interface StatusOfAccount {
  id: string
  name: string
  provider: string
  /** True when a CLI's own place holds it now. */
  isActive: boolean
  login: AccountSummary['login']['status']
  isPaused: boolean
  /** The window with the least left, of those that count now; null when none was read. */
  tightest: { usedFraction: number; resetsAt: number | null } | null
  /** When its limits were read last; null before the first time. */
  readAt: number | null
}

/** How an account stands, shortly. */
export function statusOfAccount(account: AccountSummary): StatusOfAccount {
  return {
    id: account.id,
    name: accountName(account),
    provider: account.provider,
    isActive: account.activeIn.length > 0,
    login: account.login.status,
    isPaused: account.pausedAt !== null,
    tightest: tightestOf(account.usage?.windows ?? []),
    readAt: account.usage?.readAt ?? null,
  }
}

/** What the tightest is chosen by. */
interface Measured {
  usedFraction: number | null
  resetsAt: number | null
  isActive: boolean
}

/** The fullest of the windows that count now; null when none of them is known. */
export function tightestOf(windows: readonly Measured[]): StatusOfAccount['tightest'] {
  const known = windows.flatMap(({ usedFraction, resetsAt, isActive }) =>
    isActive && usedFraction !== null ? [{ usedFraction, resetsAt }] : [],
  )
  return known.sort((left, right) => right.usedFraction - left.usedFraction)[0] ?? null
}

/** A file that says the same is written anew when it is this old, so that its age tells whether somebody is there. */
const RENEW_AFTER_MS = 60_000

/** Writes the file where what it says has changed, or has grown old. Errors: those of the file system */
export function writeStatusFile(
  path: string,
  accounts: readonly StatusOfAccount[],
  { clock }: Pick<AccountsContext, 'clock'>,
): void {
  const writtenAt = clock.now()
  const said = `"accounts":${JSON.stringify(accounts)}}\n`
  const before = readStatusFile(path)
  const isSame = before?.said === said
  if (isSame && Math.abs(writtenAt - before.writtenAt) < RENEW_AFTER_MS) return
  const head: Omit<StatusFile, 'accounts'> = { version: 1, writtenAt }
  // Its name may be lost with the power: whoever misses it asks.
  renameSync(writeDraft(path, `${JSON.stringify(head).slice(0, -1)},${said}`), path)
}

/** The file as it is: compared as text, since reading thousands of accounts back would take as long as writing them. */
function readStatusFile(path: string): { writtenAt: number; said: string } | null {
  try {
    const text = readFileSync(path, 'utf8')
    const head = /^\{"version":1,"writtenAt":(\d+),/.exec(text)
    return head && { writtenAt: Number(head[1]), said: text.slice(head[0].length) }
  } catch {
    return null
  }
}
