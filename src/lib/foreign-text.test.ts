import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cleanText } from './foreign-text.ts'

test.each([
  ['a\u0000b', 'a b'],
  ['  a \n\t b  ', 'a b'],
  ['admin\u202egpj.exe', 'admin gpj.exe'],
  ['\u001b[31mred\u009b0m', '[31mred 0m'],
  ['\ud800lone', '\ufffdlone'],
  ['naïve 東京 👩‍💻', 'naïve 東京 👩‍💻'],
  ['', ''],
])('%j becomes %j', (text, expected) => {
  expect(cleanText(text)).toBe(expected)
})

/** Any code units at all, lone surrogates among them. */
const anyText = fc.array(fc.nat(0xffff), { maxLength: 60 }).map((units) => String.fromCharCode(...units))

test('what comes out is short, well formed, and of one line, whatever goes in', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 50 }), (text, max) => {
      const cleaned = cleanText(text, max)
      expect(Array.from(cleaned).length).toBeLessThanOrEqual(max)
      expect(cleaned.isWellFormed()).toBe(true)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these must not be there
      expect(cleaned).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
    }),
    { numRuns: 2_000 },
  )
})
