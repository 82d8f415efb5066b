/** Pages and acts as a person meets them: with htmx and without scripts, masked, and when something is refused. */

import { afterEach, beforeEach, expect, test } from 'vitest'
import { addToken } from '../accounts/add-token.ts'
import { changeSettings } from '../accounts/settings.ts'
import { Secret } from '../lib/secret.ts'
import { fakeJwt } from '../testing/builders.ts'
import { signInAs } from '../testing/fake-tokens.ts'
import { createTestApp, TEST_PORT, type TestApp } from '../testing/test-app.ts'

const PARTIAL = { 'hx-request': 'true', 'hx-request-type': 'partial' }
const FAKE_TOKEN = 'sk-ant-oat01-FAKE-0001'

let site: TestApp
let id: string

beforeEach(async () => {
  site = await createTestApp()
  const account = await addToken(site.context, {
    provider: 'claude',
    kind: 'setup_token',
    accessToken: new Secret(FAKE_TOKEN),
    label: 'CI token',
    actor: 'browser',
  })
  id = account.id
})
afterEach(async () => await site.close())

async function text(answer: Promise<Response>): Promise<string> {
  return await (await answer).text()
}

test('the same address gives the page to a browser and its part to htmx', async () => {
  const page = await site.browse('/')
  const body = await page.text()
  expect(body).toMatch(/^<!doctype html>/)
  expect(body).toContain('CI token')
  expect(body).not.toContain(FAKE_TOKEN)
  expect(page.headers.get('vary')).toContain('HX-Request-Type')
  const part = await site.browse('/?q=nothing-like-it&sort=position', { headers: PARTIAL })
  expect(part.headers.get('hx-replace-url')).toBe('/?q=nothing-like-it')
  expect(await part.text()).toMatch(/^<div id="accounts"/)
})

test('a refresh answers with the row and the outcome in words, or without htmx leads to the account', async () => {
  const part = await text(site.submit(`/accounts/${id}/refreshes`, {}, PARTIAL))
  expect(part).toMatch(new RegExp(`^<div id="account_${id}"`))
  expect(part).toContain(`hx-target="#outcome_${id}"`)
  expect(part).toMatch(/cannot be refreshed/)
  const plain = await site.submit(`/accounts/${id}/refreshes`)
  expect(plain.status).toBe(303)
  const target = plain.headers.get('location')!
  expect(target).toMatch(new RegExp(`^/accounts/${id}\\?refresh=`))
  expect(await text(site.browse(target))).toMatch(/class="flash"[\s\S]*cannot be refreshed/)
})

test('an outcome in the address that has no words, or carries markup, shows nothing of it', async () => {
  for (const query of ['refresh=toString', 'refresh=refused&cause=%3Cb%3Eboo', 'done=constructor', 'done=%3Cb%3Eboo']) {
    const body = await text(site.browse(`/accounts/${id}?${query}`))
    expect(body, query).not.toMatch(/<b>boo|native code/)
  }
})

test('a label is changed, and one that is refused comes back with what was typed', async () => {
  const saved = await site.submit(`/accounts/${id}/labels`, { label: 'Night <b>jobs</b>' })
  expect(saved.status).toBe(303)
  expect(await text(site.browse(saved.headers.get('location')!))).toContain('Night &lt;b&gt;jobs')
  const gone = await site.submit('/accounts/acc_none/labels', { label: 'x' })
  expect(gone.status).toBe(404)
})

test('the mask hides and shows, and leads back only to pages of the dashboard', async () => {
  const back = await site.submit('/settings', { masked: 'yes', return_to: 'https://evil.example/' })
  expect(back.headers.get('location')).toBe('/')
  expect(await text(site.browse('/'))).toContain('Show personal data')
})

test('signing in to Claude asks for consent first, binds the browser, and refuses a wrong paste with its reason', async () => {
  const asked = await text(site.submit('/authorizations', { provider: 'claude', method: 'paste' }, PARTIAL))
  expect(asked).toContain('I understand')
  const begun = await site.submit('/consents', { provider: 'claude', method: 'paste' }, PARTIAL)
  expect(begun.headers.get('set-cookie')).toMatch(
    /^__Host-tokendeck_tx=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/,
  )
  const dialog = await begun.text()
  const authorization = /action="\/authorizations\/(\w+)\/responses"/.exec(dialog)![1]!
  const responses = `/authorizations/${authorization}/responses`
  const stranger = await site.submit(responses, { response: 'code-FAKE#another-state' }, PARTIAL)
  expect(stranger.status).toBe(403)
  const cookie = `__Host-tokendeck_${TEST_PORT}_s=${site.signedIn.cookieValue.reveal()}; ${begun.headers.get('set-cookie')!.split(';')[0]}`
  const wrong = await site.submit(responses, { response: 'code-FAKE#another-state' }, { ...PARTIAL, cookie })
  expect(wrong.status).toBe(422)
  expect(await wrong.text()).toMatch(/role="alert"/)
  const shown = await text(site.browse(`/authorizations/${authorization}`))
  expect(shown).toMatch(/^<!doctype html>/)
  expect((await site.submit(`/authorizations/${authorization}/cancellations`)).headers.get('location')).toBe(
    '/?done=cancelled',
  )
})

test('a token that is refused is not shown again', async () => {
  const secret = 'not-a-token FAKE-SECRET'
  const answer = await site.submit('/added-tokens', {
    provider: 'codex',
    kind: 'token_pair',
    access_token: secret,
    refresh_token: 'rt_FAKE_1',
  })
  expect(answer.status).toBe(422)
  const body = await answer.text()
  expect(body).not.toContain('FAKE-SECRET')
  expect(body).not.toContain('rt_FAKE_1')
  expect(body).toContain('role="alert"')
})

test('an account is forgotten after the question, and the list says so', async () => {
  expect(await text(site.browse(`/accounts/${id}/removals/new`, { headers: PARTIAL }))).toMatch(
    /^<section[\s\S]*Forget here/,
  )
  const removed = await site.submit(`/accounts/${id}/removals`, { revoke: 'no' })
  expect(removed.headers.get('location')).toBe('/?done=forgotten')
  expect(await text(site.browse('/?done=forgotten'))).toMatch(/forgotten here[\s\S]*No account yet/)
  expect((await site.browse(`/accounts/${id}`)).status).toBe(404)
})

test('an access token that claims to end beyond all calendars is shown like one that does not end soon', async () => {
  const person = site.fake.person('grace')
  const { pair } = signInAs(site.fake.grants, person)
  const tokens = { accessToken: new Secret(pair.accessToken), refreshToken: new Secret(pair.refreshToken!) }
  const pasted = { provider: 'codex', kind: 'token_pair', ...tokens, actor: 'browser' } as const
  const account = await addToken(site.context, pasted)
  const access_token = fakeJwt({ exp: 8_900_000_000_000, iat: 1 })
  site.fake.faults.add({ endpoint: 'codex.refresh', fault: { kind: 'change', fields: { access_token } } })
  await site.submit(`/accounts/${account.id}/refreshes`)
  expect(site.fake.faults.unused()).toEqual([])
  for (const path of ['/', `/accounts/${account.id}`, `/accounts/${account.id}/explanations/login`]) {
    expect((await site.browse(path)).status, path).toBe(200)
  }
  const { login } = (await (await site.call('GET', `/api/accounts/${account.id}`)).json()) as {
    login: { access_token_expires_at: string }
  }
  expect(login.access_token_expires_at).toMatch(/^\d{4}-/)
})

test('a language that only a newer version knows leaves the browser its own', async () => {
  await changeSettings(site.context, { language: 'fr' }, 'browser')
  const page = await site.browse('/', { headers: { 'accept-language': 'ko' } })
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('<html lang="ko"')
})

test.each(['%0d%0aset-cookie:%20a=b', '%F0%9F%92%A9', '%00', '"><img%20src=x>', '%ED%A0%80', '//evil.test'])(
  'a search for %s becomes no header but an address of this page',
  async (search) => {
    const part = await site.browse(`/?q=${search}`, { headers: PARTIAL })
    expect(part.status).toBe(200)
    expect(part.headers.get('set-cookie')).toBeNull()
    expect(part.headers.get('hx-replace-url') ?? '/').toMatch(/^\/(?:\?[\w%+.*=&-]*)?$/)
    expect(await part.text()).not.toContain('<img')
  },
)
