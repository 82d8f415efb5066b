/** @jsxImportSource #html */
/** Calls for one account: what limits them is said where something does. */

import { expect, test } from 'vitest'
import { LANGUAGES, type Language } from '../../messages/languages.ts'
import { messagesFor } from '../../messages/messages.ts'
import { A_CALL, NOW } from '../../testing/view-data.ts'
import type { ViewContext } from '../view-context.ts'
import { AccountCalls } from './call-counts.tsx'

function rowOf(language: Language, budgetLeft: number | null): string {
  const t = messagesFor(language)
  const view = { language, t, timeZone: 'UTC', now: NOW } as ViewContext
  return String(<AccountCalls view={view} calls={[{ ...A_CALL, durationMs: 120, budgetLeft }]} />)
}

test.each(LANGUAGES)('what is left of a budget is said, none too, in %s', (language) => {
  const { calls } = messagesFor(language)
  for (const left of [23, 0])
    expect(rowOf(language, left)).toContain(`${calls.milliseconds('120')} · ${calls.budgetLeft(String(left))}`)
  expect(rowOf(language, null)).toContain(`${calls.milliseconds('120')}</span>`)
})
