/** `tokendeck remove`: what is said before anybody is asked, and that a CLI's login takes a flag of its own. */

import { expect, test } from 'vitest'
import { runCommand } from '../../testing/run-command.ts'
import { command } from './remove.ts'

const ACCOUNT = { id: 'acc_1', label: 'work', email: 'ada@example.com' }
const HELD = {
  ...{ reach: 'login', uncertain: true, needs_second_yes: true },
  copies: [
    { kind: 'cli_file', place: '/home/ada/.codex/auth.json', machine: null, used_by: ['codex (4242)'] },
    { kind: 'machine', place: 'tokendeck', machine: 'laptop', used_by: [] },
  ],
}

const MINE = { reach: 'login', uncertain: false, needs_second_yes: false, copies: [] }

async function run(args: string[], { revocation = 'confirmed', person = 'y' as string | null, preview = HELD } = {}) {
  const { calls, ...end } = await runCommand(command, ['work', ...args], {
    person,
    answer(method, path) {
      if (method === 'DELETE') return { revocation, revocation_code: revocation === 'pending' ? 'http_503' : null }
      return path.endsWith('/sign-out') ? preview : [ACCOUNT]
    },
  })
  return { ...end, sent: calls.filter((call) => call.startsWith('DELETE')) }
}

test('who else holds the login is said before the question', async () => {
  const { said, sent } = await run(['--revoke'], { person: 'n' })
  expect(said).toContain('/home/ada/.codex/auth.json (cli file), in use by codex (4242)')
  expect(said).toContain('tokendeck on laptop (machine)')
  expect(said).toContain('--even-cli')
  expect(sent).toEqual([])
})

test('the second yes is sent only when it was given', async () => {
  expect((await run(['--revoke', '--yes'])).sent).toEqual(['DELETE /api/accounts/acc_1?revoke=true'])
  expect((await run(['--revoke', '--even-cli', '--yes'])).sent).toEqual([
    'DELETE /api/accounts/acc_1?revoke=true&confirm_cli=true',
  ])
  expect((await run(['--yes'])).sent).toEqual(['DELETE /api/accounts/acc_1?revoke=false'])
  expect(await run(['--even-cli', '--yes'])).toMatchObject({ code: 2, sent: [] })
})

test.each([
  ['confirmed', 0, 'The provider confirmed the sign-out.'],
  ['pending', 4, 'its login is still valid there. The dashboard goes on trying'],
  ['not_confirmed', 1, 'its login may still be valid there.'],
  ['not_supported', 1, 'cannot be signed out at the provider from here'],
])('%s: exit code %d, in words', async (revocation, code, words) => {
  const ended = await run(['--revoke', '--yes'], { revocation })
  expect(ended.code).toBe(code)
  expect(ended.out).toContain(words)
})

test('where nobody can be asked it says what it does and does it', async () => {
  const forgotten = await run([], { person: null })
  expect(forgotten).toMatchObject({ code: 0, sent: ['DELETE /api/accounts/acc_1?revoke=false'] })
  expect(forgotten.said).toContain('work is forgotten here')
  const signedOut = await run(['--revoke'], { person: null, preview: MINE })
  expect(signedOut).toMatchObject({ code: 0, sent: ['DELETE /api/accounts/acc_1?revoke=true'] })
  expect(signedOut.said).toContain('signed out at the provider')
})

test.each([[['--revoke']], [['--revoke', '--even-cli']]])(
  'where nobody can be asked, a login that a CLI holds is ended only by an explicit yes: %j',
  async (args) => {
    const refused = await run(args, { person: null })
    expect(refused).toMatchObject({ code: 2, out: '', sent: [] })
    expect(refused.said).toContain('/home/ada/.codex/auth.json')
    expect(refused.said).toContain('--even-cli --yes')
    expect((await run([...args, '--yes', '--even-cli'], { person: null })).sent).toHaveLength(1)
  },
)
