/** What is foretold, in words that promise no more than the forecast does. */

import { expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS } from '../../lib/clock.ts'
import { LANGUAGES, type Language } from '../../messages/languages.ts'
import { messagesFor } from '../../messages/messages.ts'
import { NOW } from '../../testing/view-data.ts'
import type { ViewContext } from '../view-context.ts'
import { forecastWords } from './usage-words.ts'

function aView(language: Language): ViewContext {
  const assets = { css: '', js: '', icon: '' }
  const shown = { theme: 'system' as const, isMasked: false, now: NOW, timeZone: 'UTC', path: '/' }
  return { language, t: messagesFor(language), nonce: 'N', csrfToken: 'CSRF-FAKE', ...shown, assets, version: '0' }
}

const said = (earliest: number, at: number, latest: number | null, language: Language = 'en') => {
  const forecast = { kind: 'runs_out', at: NOW + at, earliest: NOW + earliest, latest: latest && NOW + latest } as const
  return forecastWords(aView(language), { usedFraction: 0.8, forecast })
}

test('a band about its hour is told as ±, one that lies on one side of it by its ends', () => {
  expect(said(60 * MINUTE_MS, 80 * MINUTE_MS, 110 * MINUTE_MS)).toMatch(/^runs out \S+ ± 25 min$/)
  expect(said(HOUR_MS, HOUR_MS + MINUTE_MS, HOUR_MS + 5 * MINUTE_MS)).toMatch(/± 2 min$/)
  expect(said(HOUR_MS, 2 * HOUR_MS, 9 * HOUR_MS)).not.toContain('±')
  expect(said(HOUR_MS, 2 * HOUR_MS, 9 * HOUR_MS)).toMatch(/^runs out .+ – .+$/)
  expect(said(HOUR_MS, 8 * HOUR_MS, 9 * HOUR_MS)).not.toContain('±')
  expect(said(HOUR_MS, 2 * HOUR_MS, null)).toMatch(/^may run out/)
})

test.each(LANGUAGES)('%s has words of its own for every outlook', (language) => {
  const words = [said(1, 2 * HOUR_MS, 20 * HOUR_MS, language), said(1, 2, 3, language), said(1, 2, null, language)]
  expect(new Set(words).size).toBe(3)
})
