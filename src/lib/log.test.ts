import { expect, test } from 'vitest'
import { errorName } from './log.ts'

test('a log says what kind an error is, and never what its message quotes', () => {
  expect(errorName(new TypeError('fake-secret-000 is no URL'))).toBe('TypeError')
  expect(errorName(new DOMException('fake-secret-000', 'AbortError'))).toBe('AbortError')
  expect(errorName('fake-secret-000')).toBe('string')
  expect(errorName(undefined)).toBe('undefined')
})
