import { expect, test } from 'vitest'
import { isAcceptablePath } from './middleware/request-target.ts'
import { safePath } from './safe-path.ts'

test.each([
  'https://evil.test/',
  '//evil.test',
  '/\\evil.test',
  '\\\\evil.test',
  '/%2f%2fevil.test',
  '/%5cevil.test',
  '/\tevil.test',
  '/\n//evil.test',
  'javascript:alert(1)',
  '/a/../..//evil.test',
  '/x//evil.test',
  '/sign-out',
  '/api/accounts',
  '/events',
  '/%',
  '',
  `/${'a'.repeat(2000)}`,
])('safePath leads home instead of to %j', (asked) => {
  expect(safePath(asked)).toBe('/')
})

test('safePath keeps pages of the dashboard with their query', () => {
  expect(safePath('/accounts/acc_1?state=need_you&q=%2F%2F')).toBe('/accounts/acc_1?state=need_you&q=%2F%2F')
  expect(safePath(undefined)).toBe('/')
})

test.each([
  '',
  'x',
  '/a//b',
  '//a',
  '/a%2fb',
  '/a%00',
  '/a%0d%0a',
  '/\\',
  '/%5c',
  '/..',
  '/../a',
  '/a/..',
  '/%2e%2e/a',
  '/./a',
  '/%',
  '/%ff',
  '/%c0%ae',
])('isAcceptablePath refuses %j', (path) => {
  expect(isAcceptablePath(path)).toBe(false)
})

test('isAcceptablePath takes ordinary paths', () => {
  expect(['/', '/accounts/acc_1', '/a.b', '/..a', '/%E3%81%82'].map(isAcceptablePath)).toEqual(Array(5).fill(true))
})
