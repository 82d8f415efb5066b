/** What alerts and calendar feeds refuse, as problems of the API. */

import { AlertChannelError } from '../../../alerts/alert-channels.ts'
import { AlertError } from '../../../alerts/alert-error.ts'
import { AlertRulesError } from '../../../alerts/alert-rules.ts'
import { CalendarFeedError } from '../../../timeline/calendar-feeds.ts'
import { Refusal } from '../../problem.ts'

/** Runs an act; what it refuses becomes a problem with a code. Gives `{id}` where one is named. */
export async function refusing<T>(act: () => Promise<T>): Promise<T>
export async function refusing<T>(act: () => Promise<T>, id: string): Promise<{ id: string }>
export async function refusing<T>(act: () => Promise<T>, id?: string): Promise<T | { id: string }> {
  try {
    const result = await act()
    return id === undefined ? result : { id }
  } catch (error) {
    if (error instanceof AlertRulesError) throw invalid(`alert_rules_${error.problem}`, 'These rules cannot be kept.')
    const isOurs =
      error instanceof AlertChannelError || error instanceof AlertError || error instanceof CalendarFeedError
    if (!isOurs) throw error
    if (error.problem === 'not_found') {
      throw new Refusal({ status: 404, code: 'not_found', title: 'There is nothing of this id.' })
    }
    throw invalid(error.problem, 'This cannot be used.')
  }
}

function invalid(code: string, title: string): Refusal {
  return new Refusal({ status: 422, code, title })
}
