/** `tokendeck sign-outs`, and what `tokendeck refresh` does about them where no dashboard runs. */

import { expect, test } from 'vitest'
import { FakeClock } from '../../testing/fake-clock.ts'
import type { CommandIo } from '../command.ts'
import type { Deck } from '../deck.ts'
import { command as refresh } from './refresh.ts'
import { command as signOuts } from './sign-outs.ts'

const DUE = Date.parse('2026-11-22T09:00:00.000Z')
const PENDING = {
  ...{ id: 'rev_1', provider: 'claude', account_name: 'ada@example.com', status: 'pending', tries: 3 },
  ...{ next_try_at: '2026-11-22T09:00:00.000Z', failure_code: 'http_503' },
}
const LATER = { ...PENDING, id: 'rev_2', next_try_at: '2999-01-01T00:00:00.000Z' }
const ENDED = { ...PENDING, id: 'rev_3', status: 'confirmed', next_try_at: null, failure_code: null }

interface Given {
  positionals?: string[]
  options?: Record<string, boolean>
  list?: unknown[]
  tried?: { revocation: string; code: string | null }
  isServed?: boolean
}

async function run(command: typeof signOuts, { positionals = [], options = {}, ...given }: Given) {
  const calls: string[] = []
  let out = ''
  const deck = {
    isServed: given.isServed ?? true,
    async call(method: string, path: string) {
      calls.push(`${method} ${path}`)
      if (path === '/api/revocations') return given.list ?? [PENDING, ENDED]
      if (path === '/api/accounts') return []
      if (path.endsWith('/rev_broken/tries')) throw new Error('try_again_later')
      return path.endsWith('/tries') ? (given.tried ?? { revocation: 'confirmed', code: null }) : { done: true }
    },
    async close() {
      calls.push('close')
    },
  } as unknown as Deck
  const io = {
    out: (text: string) => {
      out += text
    },
    say: () => {},
  } as unknown as CommandIo
  const request = {
    arguments: { positionals, options },
    io,
    clock: new FakeClock(DUE),
    openDeck: async () => deck,
  } as never
  const code = await command.run(request).catch((error: { exitCode: number }) => error.exitCode)
  return { code, out, calls }
}

test('lists them, as a table and as JSON', async () => {
  const table = await run(signOuts, {})
  expect(table.code).toBe(0)
  expect(table.out).toMatch(/^ID +PROVIDER +ACCOUNT +STATUS +TRIES +NEXT TRY +FAILURE/)
  expect(table.out).toMatch(/rev_1 +claude +ada@example.com +pending +3 +2026-11-22T09:00:00.000Z +http_503/)
  expect(table.out).toMatch(/rev_3 .* confirmed +3 +— +—/)
  expect(JSON.parse((await run(signOuts, { options: { json: true } })).out)).toEqual([PENDING, ENDED])
  expect((await run(signOuts, { list: [] })).out).toBe('No login is being signed out.\n')
})

test.each([
  [{ revocation: 'confirmed', code: null }, 0, 'The provider confirmed the sign-out.\n'],
  [{ revocation: 'pending', code: 'http_503' }, 4, 'Not confirmed yet: the login is still valid there. (http_503)\n'],
  [{ revocation: 'not_confirmed', code: 'http_400' }, 4, /^Given up: .*End the session at the provider. \(http_400\)/],
])('tried now: %j', async (tried, code, out) => {
  const done = await run(signOuts, { positionals: ['try', 'rev_1'], tried })
  expect(done.code).toBe(code)
  expect(done.out).toMatch(out)
  expect(done.calls).toEqual(['POST /api/revocations/rev_1/tries', 'close'])
})

test('stopped and dismissed', async () => {
  const stopped = await run(signOuts, { positionals: ['stop', 'rev 1'] })
  expect([stopped.code, stopped.calls[0]]).toEqual([0, 'POST /api/revocations/rev%201/stops'])
  expect(stopped.out).toContain('may still be valid at the provider')
  const dismissed = await run(signOuts, { positionals: ['dismiss', 'rev_3'] })
  expect([dismissed.code, dismissed.calls[0]]).toEqual([0, 'DELETE /api/revocations/rev_3'])
  expect((await run(signOuts, { positionals: ['stop', 'rev_1'], options: { json: true } })).out).toContain('"done"')
})

test.each([[['end', 'rev_1']], [['try']], [['stop', 'rev_1', 'rev_2']]])(
  '%j is not understood',
  async (positionals) => {
    expect(await run(signOuts, { positionals })).toMatchObject({ code: 2, calls: [] })
  },
)

test('without a dashboard a refresh of what is due asks once for those that are due, and one that fails stops none', async () => {
  const list = [{ ...PENDING, id: 'rev_broken' }, PENDING, LATER, ENDED]
  const tries = (calls: string[]) => calls.filter((call) => call.endsWith('/tries'))
  const both = ['POST /api/revocations/rev_broken/tries', 'POST /api/revocations/rev_1/tries']
  for (const way of ['due', 'all']) {
    const done = await run(refresh, { options: { [way]: true }, list, isServed: false })
    expect([done.code, tries(done.calls)]).toEqual([0, both])
  }
  expect(tries((await run(refresh, { options: { due: true }, list, isServed: true })).calls)).toEqual([])
})
