/** What people paste and what browsers bring back, judged for the sign-in it claims to belong to. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Secret } from '../lib/secret.ts'
import { judgeAuthorizationResponse, parseAuthorizationResponse, responseFromQuery } from './authorization-response.ts'
import { AuthorizationResponseError } from './errors.ts'
import { claude } from './providers/claude.ts'
import { codex } from './providers/codex.ts'

const CALLBACK = 'http://localhost:1455/auth/callback'
const STATE = new Secret('FAKE-STATE-0001')

describe('parseAuthorizationResponse', () => {
  test.each([
    ['nothing', '', 'empty'],
    ['white space', ' \n\t ', 'empty'],
    ['quotes around nothing', '""', 'empty'],
    ['a sentence', 'I could not sign in', 'unreadable'],
    ['two codes', 'FAKE-1 FAKE-2', 'unreadable'],
    ['two marks', 'FAKE#state#more', 'unreadable'],
    ['markup', '<script>alert(1)</script>', 'unreadable'],
    ['a very long text', 'x'.repeat(20_000), 'unreadable'],
    ['an address with spaces', `${CALLBACK}?code=a b`, 'unreadable'],
    ['a broken address', 'http://', 'unreadable'],
    ['a state alone', '#FAKE-STATE', 'code_missing'],
    ['the sign-in link itself', `${claude.authorizationUrl}?code=true&response_type=code&state=x`, 'code_missing'],
    ['code twice', `${CALLBACK}?code=a&code=b&state=x`, 'duplicated_parameter'],
    ['state twice', `${CALLBACK}?code=a&state=x&state=x`, 'duplicated_parameter'],
    ['iss twice', `${CALLBACK}?code=a&state=x&iss=a&iss=b`, 'duplicated_parameter'],
  ])('%s', (_name, text, code) => {
    expect(failureOf(() => parseAuthorizationResponse(text))).toMatchObject({ code })
  })

  test.each<[string, string, string | null, string | null, string]>([
    ['a bare code', 'FAKE-CODE', 'FAKE-CODE', null, 'code'],
    ['code#state', 'FAKE-CODE#FAKE-STATE', 'FAKE-CODE', 'FAKE-STATE', 'code_and_state'],
    ['an encoded mark', 'FAKE-CODE%23FAKE-STATE', 'FAKE-CODE', 'FAKE-STATE', 'code_and_state'],
    ['an empty state', 'FAKE-CODE#', 'FAKE-CODE', null, 'code'],
    ['white space around', ' \r\n FAKE-CODE#FAKE-STATE \n', 'FAKE-CODE', 'FAKE-STATE', 'code_and_state'],
    ['quotes around', '“FAKE-CODE#FAKE-STATE”,', 'FAKE-CODE', 'FAKE-STATE', 'code_and_state'],
    ['angle brackets around', `<${CALLBACK}?code=FAKE>`, 'FAKE', null, 'url'],
    ['a wrapped line', 'FAKE-CO\n  DE#FAKE-\r\nSTATE', 'FAKE-CODE', 'FAKE-STATE', 'code_and_state'],
    ['terminal colours', '\u001b[32mFAKE-CODE\u001b[0m#FAKE-STATE', 'FAKE-CODE', 'FAKE-STATE', 'code_and_state'],
    ['bracketed paste', '\u001b[200~FAKE-CODE#FAKE-STATE\u001b[201~', 'FAKE-CODE', 'FAKE-STATE', 'code_and_state'],
    ['invisible characters', 'FAKE-\u200bCODE\ufeff#FAKE-\u00adSTATE', 'FAKE-CODE', 'FAKE-STATE', 'code_and_state'],
    ['OpenAI’s code', 'ac_FAKE.0001', 'ac_FAKE.0001', null, 'code'],
    ['a callback address', `${CALLBACK}?code=FAKE&scope=openid+email&state=S`, 'FAKE', 'S', 'url'],
    ['an address behind #', `${CALLBACK}#code=FAKE&state=S`, 'FAKE', 'S', 'url'],
    ['Claude’s page', 'https://platform.claude.com/oauth/code/callback?code=FAKE&state=S', 'FAKE', 'S', 'url'],
    ['a query', '?code=FAKE&state=S', 'FAKE', 'S', 'url'],
    ['a query in another order', 'state=S&code=FAKE', 'FAKE', 'S', 'url'],
    ['an encoded code', `${CALLBACK}?code=FA%2FKE&state=S`, 'FA/KE', 'S', 'url'],
    ['an address without a code', `${CALLBACK}?state=S`, null, 'S', 'url'],
  ])('%s', (_name, text, code, state, shape) => {
    expect(parseAuthorizationResponse(text)).toMatchObject({ code, state, shape, error: null })
  })

  test('an error keeps its words', () => {
    const text = 'error=access_denied&error_description=No+thanks&state=S&iss='
    expect(parseAuthorizationResponse(text)).toEqual({
      code: null,
      state: 'S',
      iss: '',
      error: 'access_denied',
      errorDescription: 'No thanks',
      shape: 'url',
    })
  })

  test('whatever is pasted: a response, or the refusal that pages explain; never a slow one', () => {
    const piece = fc.constantFrom('code', 'state', '=', '&', '#', '?', 'http://', '\n', ' ', '%', '\u001b[', '"', 'é')
    const pasted = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
    )
    fc.assert(
      fc.property(pasted, (text) => {
        try {
          const { code } = parseAuthorizationResponse(text)
          expect(code).not.toBe('')
        } catch (error) {
          expect(error).toBeInstanceOf(AuthorizationResponseError)
        }
      }),
    )
    const started = performance.now()
    for (const unit of ['a=&', '\n ', '"', ' ', 'a_', '\u001b[0', '&']) {
      failureOf(() => parseAuthorizationResponse(`x${unit.repeat(Math.floor(16_000 / unit.length))}x`))
    }
    expect(performance.now() - started).toBeLessThan(200)
  })
})

describe('judgeAuthorizationResponse', () => {
  const response = {
    code: 'FAKE',
    state: STATE.reveal(),
    iss: null,
    error: null,
    errorDescription: null,
    shape: 'url',
  } as const
  const judge = (parts: object, options = { stateRequired: true }, provider = codex) =>
    judgeAuthorizationResponse(provider, { ...response, ...parts }, STATE, options)

  test.each([
    ['no state', { state: null }, 'state_missing'],
    ['another state', { state: 'FAKE-STATE-0002' }, 'state_mismatch'],
    ['a longer state', { state: `${STATE.reveal()}x` }, 'state_mismatch'],
    ['an empty state', { state: '' }, 'state_mismatch'],
    ['an error without state', { state: null, error: 'access_denied' }, 'state_missing'],
    ['an error of another sign-in', { state: 'x', error: 'access_denied' }, 'state_mismatch'],
    ['another issuer', { iss: 'https://evil.example' }, 'issuer_mismatch'],
    ['nearly the issuer', { iss: 'https://auth.openai.com/' }, 'issuer_mismatch'],
    ['an empty issuer', { iss: '' }, 'issuer_mismatch'],
    ['an error of another issuer', { iss: 'x', error: 'access_denied' }, 'issuer_mismatch'],
    ['denied', { error: 'access_denied', code: null }, 'denied'],
    ['an error beside a code', { error: 'server_error' }, 'provider_error'],
    ['no code', { code: null }, 'code_missing'],
    ['an empty code', { code: '' }, 'code_missing'],
  ])('%s', (_name, parts, code) => {
    expect(failureOf(() => judge(parts))).toMatchObject({ code })
  })

  test('a code of this sign-in', () => {
    expect(judge({}).code.reveal()).toBe('FAKE')
    expect(judge({ iss: 'https://auth.openai.com' }).code.reveal()).toBe('FAKE')
    expect(JSON.stringify(judge({}))).not.toContain('FAKE')
  })

  test('an ending of state that the provider is known to add, and no other provider', () => {
    const parts = { state: `${STATE.reveal()}.onboarding_entrypoint=life_sciences` }
    expect(judge(parts).code.reveal()).toBe('FAKE')
    expect(failureOf(() => judge(parts, undefined, claude))).toMatchObject({ code: 'state_mismatch' })
  })

  test('a provider without a known issuer compares none', () => {
    expect(judge({ iss: 'https://anything.example' }, undefined, claude).code.reveal()).toBe('FAKE')
  })

  test('a bare code is let through only where state is not required, a wrong state nowhere', () => {
    const lenient = { stateRequired: false }
    expect(judge({ state: null }, lenient).code.reveal()).toBe('FAKE')
    expect(failureOf(() => judge({ state: 'x' }, lenient))).toMatchObject({ code: 'state_mismatch' })
    expect(failureOf(() => judge({ state: null, error: 'denied' }, lenient))).toMatchObject({ code: 'state_missing' })
  })

  test('no state ever equals a state that was forgotten', () => {
    const forgotten = () =>
      judgeAuthorizationResponse(codex, { ...response, state: '' }, new Secret(''), { stateRequired: true })
    expect(failureOf(forgotten)).toMatchObject({ code: 'state_mismatch' })
  })

  test('the provider’s words are cleaned, and the code stands in when there are none', () => {
    const said = (parts: object) => failureOf(() => judge({ ...parts, code: null }))
    expect(said({ error: 'access_denied', errorDescription: 'a\u202eb\n<b>' }).detail).toBe('a b <b>')
    expect(said({ error: 'server_error', errorDescription: null }).detail).toBe('server_error')
    expect(said({ error: '\u0000' }).detail).toBeNull()
  })
})

test('responseFromQuery reads an address and refuses what stands in it twice', () => {
  const url = (query: string) => new URL(`${CALLBACK}?${query}`)
  expect(responseFromQuery(url('code=FAKE&state=S&scope=a&scope=b'))).toMatchObject({ code: 'FAKE', state: 'S' })
  expect(responseFromQuery(url(''))).toMatchObject({ code: null, state: null, iss: null, error: null })
  for (const name of ['code', 'state', 'iss', 'error', 'error_description']) {
    const twice = () => responseFromQuery(url(`${name}=a&${name}=a`))
    expect(failureOf(twice)).toMatchObject({ code: 'duplicated_parameter' })
  }
})

function failureOf(run: () => unknown): AuthorizationResponseError {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(AuthorizationResponseError)
    return error as AuthorizationResponseError
  }
  return new AuthorizationResponseError('empty', 'it was accepted')
}
