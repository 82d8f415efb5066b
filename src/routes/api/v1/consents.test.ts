/** Notices before restricted sign-ins, as the API and the sign-in dialog tell them. */

import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../testing/test-app.ts'

let web: TestApp
beforeEach(async () => {
  web = await createTestApp()
})
afterEach(() => web.close())

interface ConsentAnswer {
  provider: string
  needed: boolean
  notice: { title: string; paragraphs: string[]; agreement: string } | null
  profile_cli: string | null
}

const consents = async (): Promise<ConsentAnswer[]> =>
  (await (await web.call('GET', '/api/consents')).json()) as ConsentAnswer[]
const consentTo = async (provider: string) => (await consents()).find((each) => each.provider === provider)!

test.each([{}, { provider: '' }, { provider: 'nobody' }, { provider: '__proto__' }, { provider: 'claude', by: 'me' }])(
  'an agreement to %j is refused',
  async (body) => {
    expect((await web.call('POST', '/api/consents', body)).status).toBe(422)
    expect((await consentTo('claude')).needed).toBe(true)
  },
)

test('a notice is agreed to once, and is known afterwards', async () => {
  const before = await consentTo('claude')
  expect(before).toMatchObject({ needed: true, profile_cli: 'claude', notice: { agreement: 'I understand' } })
  expect(before.notice?.title).toContain('Claude')
  expect(before.notice?.paragraphs.join()).toContain('Anthropic')
  const given = await web.call('POST', '/api/consents', { provider: 'claude' })
  expect([given.status, await given.json()]).toMatchObject([201, { provider: 'claude', needed: false }])
  expect((await consentTo('claude')).needed).toBe(false)
})

test('a provider that restricts nothing has no notice', async () => {
  expect(await consentTo('codex')).toMatchObject({ needed: false, notice: null })
})

test('a provider of one’s own has a notice in its own name, and offers no profile that it does not have', async () => {
  const { providers } = web.context
  const acme = { ...providers.get('codex')!, id: 'acme', name: 'Acme', cli: null, methods: ['callback'] as const }
  const changed = new Map(providers).set('acme', { ...acme, signInNotice: 'provider_terms' as const })
  Object.assign(web.context, { providers: changed })
  const { notice, needed, profile_cli } = await consentTo('acme')
  expect([needed, profile_cli]).toEqual([true, null])
  const words = [notice?.title, ...(notice?.paragraphs ?? [])].join()
  expect(words).toContain('Acme')
  expect(words).not.toMatch(/Claude|Anthropic|profile/)
})
