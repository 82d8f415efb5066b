/** @jsxImportSource #html */
/** Long lists come in pages: what each shows, and the links between them. */

import { describe, expect, test } from 'vitest'
import { LANGUAGES, type Language } from '../../messages/languages.ts'
import { messagesFor } from '../../messages/messages.ts'
import { anAccount, NOW } from '../../testing/view-data.ts'
import { parseAccountFilter } from '../account-filter.ts'
import type { ViewContext } from '../view-context.ts'
import { AccountList } from './account-list.tsx'

function aView(language: Language): ViewContext {
  const assets = { css: '/assets/app.css', js: '/assets/app.js', icon: '/assets/icon.svg' }
  const shown = { theme: 'system' as const, isMasked: false, now: NOW, timeZone: 'UTC', path: '/' }
  return { language, t: messagesFor(language), nonce: 'N', csrfToken: 'CSRF-FAKE', ...shown, assets, version: '0' }
}

describe('a list of more accounts than one page holds', () => {
  const many = Array.from({ length: 1_234 }, (_, index) => anAccount({ id: `acc_${index}`, position: index }))
  const pageAt = (query: string, language: Language = 'en') => {
    const filter = parseAccountFilter(new URLSearchParams(query))
    return String(<AccountList view={aView(language)} accounts={many} filter={filter} />)
  }
  const rows = (html: string) => [...html.matchAll(/id="account_(acc_\d+)"/g)].map(([, id]) => id)

  test('shows a hundred of them, says which, and leads on', () => {
    const first = pageAt('sort=proof&q=example')
    expect(rows(first)).toHaveLength(100)
    expect(first).toContain('1–100 of 1,234')
    expect(first).toContain('href="/?q=example&amp;sort=proof&amp;page=2"')
    expect(first).not.toContain('rel="prev"')
    const last = pageAt('page=13')
    expect(rows(last)).toEqual(Array.from({ length: 34 }, (_, index) => `acc_${1_200 + index}`))
    expect(last).toContain('href="/?page=12"')
    expect(last).not.toContain('rel="next"')
  })

  test.each(['page=0', 'page=-1', 'page=1e9', 'page=x', 'page='])('%s is the first page', (query) => {
    expect(rows(pageAt(query))[0]).toBe('acc_0')
  })

  test('a page beyond the last is the last: accounts go while one looks', () => {
    expect(rows(pageAt('page=9999999'))).toHaveLength(34)
  })

  test.each(LANGUAGES)('%s has its words', (language) => {
    const words = pageAt('page=2', language)
    expect(words).toContain('1,234')
    expect(words).toContain(messagesFor(language).accounts.nextPage)
  })
})
