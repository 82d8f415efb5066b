/** @jsxImportSource #html */
/** The page that a browser sees after a provider: in four languages, inert, and safe with whatever names it is given. */

import { expect, test } from 'vitest'
import type { CallbackPageState } from '../../accounts/callback-page.ts'
import { LANGUAGES } from '../../messages/languages.ts'
import { callbackPages } from './callback.tsx'

const HOSTILE = `<img src=x onerror=alert(1)>"'&`

const STATES: CallbackPageState[] = [
  { kind: 'connected', providerName: HOSTILE, accountName: HOSTILE },
  { kind: 'denied', providerName: HOSTILE, detail: HOSTILE },
  { kind: 'failed', providerName: HOSTILE, code: 'code_rejected', detail: HOSTILE },
  { kind: 'unknown_sign_in' },
  { kind: 'nothing' },
  { kind: 'trouble' },
  { kind: 'other_browser', providerName: HOSTILE },
  { kind: 'unreadable', code: 'response_code_missing' },
]

test.each(STATES.map((state) => [state.kind, state] as const))(
  '%s is inert and says something else in every language',
  (_, state) => {
    const pages = LANGUAGES.map((language) =>
      callbackPages.render(state, `${language};q=0.9`, 'http://localhost:4747/'),
    )
    expect(new Set(pages.map((page) => /<h1>(.*?)<\/h1>/.exec(page)?.[1])).size).toBe(LANGUAGES.length)
    for (const page of pages) {
      expect(page).toMatch(/^<!doctype html><html lang="(en|ja|zh-Hans|ko)">/)
      expect(page).not.toContain('<img')
      expect(page.match(/<script[^>]*>/g)).toEqual(['<script src="/clean-address.js">'])
      expect(page).not.toMatch(/style=|<style| on\w+="/)
      expect(page).toContain('<a href="http://localhost:4747/">')
    }
  },
)

test('a language that is not spoken here becomes English', () => {
  expect(callbackPages.render({ kind: 'unknown_sign_in' }, undefined, '/')).toContain('belongs to no sign-in')
  expect(callbackPages.render({ kind: 'unknown_sign_in' }, 'fr, xx;q=0.1', '/')).toContain('<html lang="en">')
})
