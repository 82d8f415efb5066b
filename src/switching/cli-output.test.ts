import { expect, test } from 'vitest'
import { addressIn, codeIn, shownLines } from './cli-output.ts'

test('control sequences, links of terminals and direction marks are gone; the words stay', () => {
  const raw =
    '\u001b[1m\u001b[36mOpen\u001b[0m this:\r\n\u001b]8;;https://evil.example\u0007here\u001b]8;;\u0007\u202e!\u0007\n'
  expect(shownLines(raw)).toEqual(['Open this:', 'here!', ''])
})

test('a line that is drawn over and over is shown as it stands last', () => {
  expect(shownLines('Waiting |\rWaiting /\rWaiting -')).toEqual(['Waiting -'])
})

test('what looks like a token is never shown', () => {
  const raw = 'sk-ant-oat01-FAKE-0123456789abcdef rt_FAKE0123456789abcdef eyJhbGciOiJub25lIn0.RkFLRQ.c2ln end'
  expect(shownLines(raw)).toEqual(['[…] […] […] end'])
})

test('only the last screenful is kept', () => {
  const lines = shownLines(Array.from({ length: 500 }, (_, index) => `line ${index}`).join('\n'))
  expect(lines).toHaveLength(60)
  expect(lines.at(-1)).toBe('line 499')
  expect(shownLines('x'.repeat(5_000))[0]).toHaveLength(2_000)
})

test('an address is taken only when it is safe to open', () => {
  expect(addressIn(['see javascript:alert(1)', 'http://example.com/', 'https://user:pw@example.com/'])).toBeNull()
  expect(addressIn(['Visit: https://claude.ai/oauth/authorize?code=true&x=1.'])).toBe(
    'https://claude.ai/oauth/authorize?code=true&x=1',
  )
})

test('a code to type is recognised alone on its line only', () => {
  expect(codeIn(['  ABCD-12345  '])).toBe('ABCD-12345')
  expect(codeIn(['Enter this: ABCD-12345 now', 'well-known'])).toBeNull()
})
