import { expect, test } from 'vitest'
import { DatabaseRefusal, refusalCodeOf } from './database-refusal.ts'

/** Put together here, since inspection of an error shows lines of this file. */
const CANARY = ['FAKE', 'parameter'].join('-')

test.each([
  ['SQLITE_FULL', 'full', 75],
  ['ENOSPC', 'full', 75],
  ['SQLITE_BUSY', 'busy', 75],
  ['EROFS', 'read_only', 78],
  ['SQLITE_READONLY', 'read_only', 78],
  ['SQLITE_CANTOPEN', 'not_permitted', 78],
  ['SQLITE_CORRUPT', 'corrupt', 78],
  ['SQLITE_NOTADB', 'not_a_database', 78],
  ['SQLITE_IOERR', 'io', 78],
  ['ConnectionRefused', 'unreachable', 75],
])('%s below other errors is told as %s, exit code %i', (code, expected, exitCode) => {
  const cause = Object.assign(new Error(CANARY), { code })
  const refused = new DatabaseRefusal(refusalCodeOf(new Error(`params: ${CANARY}`, { cause })), '/d/tokendeck.db')
  expect(refused).toMatchObject({ code: expected, exitCode })
  expect(Bun.inspect(refused)).not.toContain(CANARY)
})
