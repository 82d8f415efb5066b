/** The lanes of a timeline as events of a calendar. The words are an argument; without a choice they name no person. Pure. */

import { createHash } from 'node:crypto'
import type { AccountSummary } from '../accounts/account-summary.ts'
import type { CalendarEvent } from './calendar.ts'
import type { ComingDate, Timeline } from './timeline.ts'

/** Says what a date is. */
export type DateWords = (account: AccountSummary, date: ComingDate) => { summary: string; description: string }

/** Every date of a timeline. Errors: none; total */
export function calendarEvents({ lanes }: Timeline, words: DateWords): CalendarEvent[] {
  return lanes.flatMap(({ account, dates }) =>
    dates.map((date) => ({
      ...words(account, date),
      uid: uidOf(account, date),
      startsAt: date.latest === null ? date.at : (date.earliest ?? date.at),
      endsAt: date.latest,
      knownAt: date.knownAt,
    })),
  )
}

/**
 * The next reset of a window keeps its name when the provider rounds it anew, or when it is the next after the next: a
 * calendar moves one event instead of gathering old ones. Says nothing of the account to who reads it.
 */
function uidOf({ id }: AccountSummary, { kind, window }: ComingDate): string {
  const what = createHash('sha256')
    .update(`${kind} ${id} ${window?.id ?? ''}`)
    .digest('hex')
    .slice(0, 24)
  return `${kind}-${what}@tokendeck`
}
