/** `tokendeck remove`: what is said before anybody is asked, and that a CLI's login takes a flag of its own. */

import { expect, test } from 'vitest'
import type { CommandIo } from '../command.ts'
import type { Deck } from '../deck.ts'
import { command } from './remove.ts'

const ACCOUNT = { id: 'acc_1', label: 'work', email: 'ada@example.com' }
const HELD = {
  ...{ reach: 'login', uncertain: true, needs_second_yes: true },
  copies: [
    { kind: 'cli_file', place: '/home/ada/.codex/auth.json', machine: null, used_by: ['codex (4242)'] },
    { kind: 'machine', place: 'tokendeck', machine: 'laptop', used_by: [] },
  ],
}

async function run(options: Record<string, boolean>, revocation = 'confirmed', answer: string | null = 'y') {
  const calls: string[] = []
  const said: string[] = []
  let out = ''
  const deck = {
    async call(method: string, path: string) {
      calls.push(`${method} ${path}`)
      if (method === 'DELETE') return { revocation, revocation_code: revocation === 'pending' ? 'http_503' : null }
      return path.endsWith('/sign-out') ? HELD : path.endsWith('/acc_1') ? ACCOUNT : [ACCOUNT]
    },
    async close() {},
  } as unknown as Deck
  const io = {
    out: (text: string) => {
      out += text
    },
    say: (line: string) => said.push(line),
    ask: async () => answer,
  } as unknown as CommandIo
  const given = { arguments: { positionals: ['work'], options }, io, openDeck: async () => deck } as never
  const code = await command.run(given).catch((error: { exitCode: number }) => error.exitCode)
  return { code, out, said: said.join('\n'), sent: calls.filter((call) => call.startsWith('DELETE')) }
}

test('who else holds the login is said before the question', async () => {
  const { said, sent } = await run({ revoke: true }, 'confirmed', 'n')
  expect(said).toContain('/home/ada/.codex/auth.json (cli file), in use by codex (4242)')
  expect(said).toContain('tokendeck on laptop (machine)')
  expect(said).toContain('--even-cli')
  expect(sent).toEqual([])
})

test('the second yes is sent only when it was given', async () => {
  expect((await run({ revoke: true, yes: true })).sent).toEqual(['DELETE /api/accounts/acc_1?revoke=true'])
  expect((await run({ revoke: true, 'even-cli': true, yes: true })).sent).toEqual([
    'DELETE /api/accounts/acc_1?revoke=true&confirm_cli=true',
  ])
  expect((await run({ yes: true })).sent).toEqual(['DELETE /api/accounts/acc_1?revoke=false'])
  expect(await run({ 'even-cli': true, yes: true })).toMatchObject({ code: 2, sent: [] })
})

test.each([
  ['confirmed', 0, 'The provider confirmed the sign-out.'],
  ['pending', 4, 'its login is still valid there. The dashboard goes on trying'],
  ['not_confirmed', 1, 'its login may still be valid there.'],
  ['not_supported', 1, 'cannot be signed out at the provider from here'],
])('%s: exit code %d, in words', async (revocation, code, words) => {
  const ended = await run({ revoke: true, yes: true }, revocation)
  expect(ended.code).toBe(code)
  expect(ended.out).toContain(words)
})
