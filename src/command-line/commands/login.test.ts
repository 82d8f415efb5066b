/**
 * `tokendeck login`: the notice of a provider is agreed to before anything begins, and an account that came back is kept
 * only when the person at the terminal does not disown it.
 */

import { expect, test } from 'vitest'
import { runCommand } from '../../testing/run-command.ts'
import type { CommandIo } from '../command.ts'
import type { Deck } from '../deck.ts'
import { command } from './login.ts'

const ACCOUNT = { id: 'acc_1', label: null, email: 'mallory@example.com' }
const NOTICE = { title: 'Before you sign in', paragraphs: ['The terms say so.'], agreement: 'I understand' }

interface Stage {
  provider?: string
  /** Answers of the person, in order; null where there is no terminal. */
  answers?: (string | null)[]
  known?: object[]
  consents?: object[]
  /** How the sign-in ended. */
  ended?: object
}

async function run({
  provider = 'codex',
  answers = [],
  known = [],
  consents = [],
  ended = { status: 'complete', account_id: 'acc_1' },
}: Stage) {
  const calls: string[] = []
  const said: string[] = []
  let out = ''
  const deck = {
    async call(method: string, path: string, body?: object) {
      calls.push(`${method} ${path}${path === '/api/consents' && body ? ` ${JSON.stringify(body)}` : ''}`)
      if (path === '/api/consents') return consents
      if (path === '/api/accounts') return known
      if (path === '/api/oauth/authorize') return { authorization_id: 'aut_1', method: 'callback' }
      return path.startsWith('/api/oauth/') ? ended : ACCOUNT
    },
    async close() {},
  } as unknown as Deck
  const io = {
    out: (text: string) => {
      out += text
    },
    say: (line: string) => said.push(line),
    ask: async (question: string) => {
      said.push(question)
      return answers.length === 0 ? null : answers.shift()!
    },
  } as unknown as CommandIo
  const given = { arguments: { positionals: [provider], options: {} }, io, openDeck: async () => deck } as never
  const code = await command.run(given).catch((error: { exitCode: number }) => error.exitCode)
  return { code, out, calls, said: said.join('\n'), removed: calls.filter((call) => call.startsWith('DELETE')) }
}

const consentOf = (provider: string, changes: object = {}) => ({
  provider,
  needed: true,
  notice: NOTICE,
  profile_cli: null,
  ...changes,
})

test.each(['no', '', 'understand', 'I do'])('a notice that is answered with “%s” begins nothing', async (answer) => {
  const { code, calls } = await run({ provider: 'acme', answers: [answer], consents: [consentOf('acme')] })
  expect([code, calls]).toEqual([1, ['GET /api/consents']])
})

test.each(['I understand', ' “i understand” '])('a notice is shown and “%s” is kept', async (answer) => {
  const { said, calls } = await run({ provider: 'acme', answers: [answer, 'y'], consents: [consentOf('acme')] })
  expect(said).toContain('Before you sign in\n\nThe terms say so.')
  expect(said).not.toContain('tokendeck import')
  expect(calls).toContain('POST /api/consents {"provider":"acme"}')
})

test('where nobody can be asked the notice is shown, and no agreement is kept', async () => {
  const consents = [consentOf('claude', { profile_cli: 'claude' })]
  const { code, said, calls } = await run({ provider: 'claude', consents })
  expect(said).toContain('`tokendeck import` links a login of claude itself')
  expect([code, calls.filter((call) => call.startsWith('POST /api/consents'))]).toEqual([0, []])
})

test.each([
  ['was agreed to before', [consentOf('codex', { needed: false }), consentOf('claude')]],
  ['has none', [consentOf('codex', { needed: false, notice: null })]],
  ['is not known', []],
])('a provider whose notice %s asks nothing', async (_, consents) => {
  const { code, said } = await run({ consents, answers: ['y'] })
  expect([code, said.includes('Before you sign in')]).toEqual([0, false])
})

test.each(['n', 'No ', 'N'])('a new account that is disowned with “%s” is not kept', async (answer) => {
  expect(await run({ answers: [answer] })).toMatchObject({ code: 1, out: '', removed: ['DELETE /api/accounts/acc_1'] })
})

test.each(['', 'y', null])('a new account is kept after “%s”', async (answer) => {
  expect(await run({ answers: [answer] })).toMatchObject({
    code: 0,
    out: expect.stringContaining('mallory'),
    removed: [],
  })
})

test('an account that was there before is never removed by an answer', async () => {
  expect(await run({ answers: ['n'], known: [ACCOUNT] })).toMatchObject({ code: 0, removed: [] })
})

test.each([
  ['provider_unreachable', 4],
  ['provider_rate_limited', 4],
  ['sign_in_denied', 1],
])('a sign-in that failed with %s ends with %d', async (code, exitCode) => {
  expect(await run({ ended: { status: 'failed', error: { code, detail: null } } })).toMatchObject({ code: exitCode })
})

test('the account to sign in to again is named as everywhere, and is one of this provider', async () => {
  const known = [
    { ...ACCOUNT, id: 'acc_2', provider: 'claude' },
    { ...ACCOUNT, id: 'acc_1', provider: 'codex', label: 'Work' },
  ]
  const again = async (account: string) => {
    const bodies: unknown[] = []
    const { code } = await runCommand(command, ['codex', '--account', account], {
      answer(_, path, body) {
        if (path === '/api/oauth/authorize') bodies.push(body)
        if (path === '/api/oauth/authorize') return { authorization_id: 'aut_1', method: 'callback' }
        if (path.startsWith('/api/oauth/')) return { status: 'complete', account_id: 'acc_1' }
        return path === '/api/accounts' ? known : path === '/api/consents' ? [] : ACCOUNT
      },
    })
    return { code, bodies }
  }
  const named = { code: 0, bodies: [{ provider: 'codex', account_id: 'acc_1' }] }
  for (const name of [' work ', 'MALLORY@example.com', 'acc_1']) expect(await again(name)).toEqual(named)
  for (const name of ['acc_2', 'nobody']) expect(await again(name)).toEqual({ code: 1, bodies: [] })
})
