/** `tokendeck refresh`: one account's refusal holds up none of the others, and the worst decides the exit code. */

import { expect, test } from 'vitest'
import { runCommand } from '../../testing/run-command.ts'
import { CommandFailure } from '../exit-codes.ts'
import { command } from './refresh.ts'

const account = (id: string) => ({
  ...{ id, label: id, email: null, custody: 'dashboard', paused: false },
  login: { status: 'valid', next_refresh_at: '1970-01-01T00:00:00Z' },
})
const FINE = { outcome: 'refreshed', access_token_expires_at: null, reason: 'Renewed.', reason_code: 'refreshed' }

type Answer = object | CommandFailure

function refresh(args: string[], answers: Record<string, Answer>) {
  return runCommand(command, args, {
    answer(method, path) {
      if (method === 'GET') return Object.keys(answers).map(account)
      const answer = answers[path.split('/')[3]!]!
      if (answer instanceof CommandFailure) throw answer
      return answer
    },
  })
}

test.each(['--all', '--due'])('%s goes on after a refusal and tells it as a result', async (way) => {
  const answers = { a: FINE, b: new CommandFailure(75, 'It is busy', 'place_busy'), c: FINE }
  const words = await refresh([way], answers)
  expect(words).toMatchObject({ code: 75, out: 'a: Renewed.\nb: It is busy\nc: Renewed.\n' })
  const { code, out } = await refresh([way, '--json'], answers)
  expect(code).toBe(75)
  expect(JSON.parse(out)).toMatchObject([
    { account: 'a', outcome: 'refreshed' },
    { account: 'b', outcome: 'failed', reason: 'It is busy', reason_code: 'place_busy' },
    { account: 'c', outcome: 'refreshed' },
  ])
})

test.each([
  [[1, 75, 4, 3], 3],
  [[1, 75, 4], 4],
  [[1, 75], 75],
  [[0, 1], 1],
  [[0, 78], 78],
  [[0, 0], 0],
])('of %j the worst is %d', async (codes, worst) => {
  const answers = codes.map((code, index) => [`x${index}`, code === 0 ? FINE : new CommandFailure(code, 'No')])
  expect((await refresh(['--all'], Object.fromEntries(answers))).code).toBe(worst)
})

test('a refusal of the one account that was named stays a refusal; what nobody expected ends it', async () => {
  expect(await refresh(['b'], { b: new CommandFailure(4, 'Later.') })).toMatchObject({
    code: 4,
    out: '',
    said: 'Later.\n',
  })
  const broken = {
    answer: (method: string) => (method === 'GET' ? [account('a')] : Promise.reject(new TypeError('x'))),
  }
  expect((await runCommand(command, ['--all'], broken)).code).toBeNaN()
})
