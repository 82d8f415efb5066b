/** `tokendeck import` and `tokendeck profiles`: who uses a file, also where that is not known. */

import { expect, test } from 'vitest'
import type { CommandIo } from '../command.ts'
import type { Deck } from '../deck.ts'
import { command as importCommand } from './import.ts'
import { command as profilesCommand } from './profiles.ts'

const FOUND = [null, [], ['claude (7)', 'claude (8)']].map((used_by, index) => ({
  ...{
    id: `prf_${index}`,
    provider: 'claude',
    directory: '/p',
    path: `/p/${index}`,
    state: 'live',
    advice: 'Link it.',
  },
  ...{ identity: null, age_seconds: null, store: 'file', store_item: null, entry: null, account_id: null },
  ...{ account_name: null, holds_login: false, shared: [], used_by },
}))

test.each([
  ['import', importCommand],
  ['profiles', profilesCommand],
])('`%s` says “not known”, nobody, and names', async (_, command) => {
  let out = ''
  const deck = { call: async () => FOUND, close: async () => {} } as unknown as Deck
  const io = { out: (text: string) => (out += text) } as unknown as CommandIo
  await command.run({ arguments: { positionals: [], options: {} }, io, openDeck: async () => deck } as never)
  const [, unknown, nobody, named] = out.split('\n')
  expect(unknown).toMatch(/ {2}not known {2}/)
  expect(nobody).not.toContain('not known')
  expect(named).toContain('claude (7), claude (8)')
})
