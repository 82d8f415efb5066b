/** Who is meant by a name: an id before a label, a label before an e-mail, and nobody where several fit. */

import { expect, test } from 'vitest'
import { accountNamed, accountsNamed } from './account-named.ts'

const account = (id: string, label: string | null, email: string | null) => ({ id, label, email })
const ACCOUNTS = [
  account('acc_1', 'Work', 'ada@example.com'),
  account('acc_2', 'ada@example.com', 'grace@example.com'),
  account('acc_3', 'acc_1', 'twin@example.com'),
  account('acc_4', null, 'twin@example.com'),
]

test.each([
  ['ACC_1', ['acc_1']],
  ['  work ', ['acc_1']],
  ['ada@example.com', ['acc_2']],
  ['Grace@Example.com', ['acc_2']],
  ['twin@example.com', ['acc_3', 'acc_4']],
  ['wor', []],
  ['', []],
  ['  ', []],
])('“%s” is %j', (reference, ids) => {
  expect(accountsNamed(reference, ACCOUNTS).map(({ id }) => id)).toEqual(ids)
})

test('nobody and several are refused, and it is said how many', () => {
  expect(accountNamed('work', ACCOUNTS)).toBe('acc_1')
  expect(() => accountNamed('nobody', ACCOUNTS)).toThrow(expect.objectContaining({ code: 'account_not_found' }))
  const ambiguous = { code: 'account_ambiguous', params: { account: 'twin@example.com', count: 2 } }
  expect(() => accountNamed('twin@example.com', ACCOUNTS)).toThrow(expect.objectContaining(ambiguous))
})
