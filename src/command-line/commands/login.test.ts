/** `tokendeck login`: an account that came back is kept only when the person at the terminal does not disown it. */

import { expect, test } from 'vitest'
import type { CommandIo } from '../command.ts'
import type { Deck } from '../deck.ts'
import { command } from './login.ts'

const ACCOUNT = { id: 'acc_1', label: null, email: 'mallory@example.com' }

async function run(answer: string | null, known: object[] = []) {
  const calls: string[] = []
  let out = ''
  const deck = {
    async call(method: string, path: string) {
      calls.push(`${method} ${path}`)
      if (path === '/api/accounts') return known
      if (path === '/api/oauth/authorize') return { authorization_id: 'aut_1', method: 'callback' }
      return path.startsWith('/api/oauth/') ? { status: 'complete', account_id: 'acc_1' } : ACCOUNT
    },
    async close() {},
  } as unknown as Deck
  const io = {
    out: (text: string) => {
      out += text
    },
    say() {},
    ask: async () => answer,
  } as unknown as CommandIo
  const given = { arguments: { positionals: ['codex'], options: {} }, io, openDeck: async () => deck } as never
  const code = await command.run(given).catch((error: { exitCode: number }) => error.exitCode)
  return { code, out, removed: calls.filter((call) => call.startsWith('DELETE')) }
}

test.each(['n', 'No ', 'N'])('a new account that is disowned with “%s” is not kept', async (answer) => {
  expect(await run(answer)).toEqual({ code: 1, out: '', removed: ['DELETE /api/accounts/acc_1'] })
})

test.each(['', 'y', null])('a new account is kept after “%s”', async (answer) => {
  expect(await run(answer)).toMatchObject({ code: 0, out: expect.stringContaining('mallory'), removed: [] })
})

test('an account that was there before is never removed by an answer', async () => {
  expect(await run('n', [ACCOUNT])).toMatchObject({ code: 0, removed: [] })
})
