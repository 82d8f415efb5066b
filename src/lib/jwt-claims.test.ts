import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readClaims } from './jwt-claims.ts'
import { Secret } from './secret.ts'

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const HEADER = encode({ alg: 'none' })

test.each([
  ['empty', ''],
  ['no dots', 'sk-ant-oat01-FAKE-1'],
  ['two parts', `${HEADER}.${encode({ sub: 'a' })}`],
  ['an empty signature', `${HEADER}.${encode({ sub: 'a' })}.`],
  ['four parts', `${HEADER}.${encode({ sub: 'a' })}.sig.more`],
  ['a payload that is not base64url', `${HEADER}.{"sub":"a"}.sig`],
  ['a payload that is not JSON', `${HEADER}.AAAA.sig`],
  ['a payload that is not UTF-8', `${HEADER}.${Buffer.from([0x22, 0xff, 0x22]).toString('base64url')}.sig`],
  ['an array', `${HEADER}.${encode(['sub'])}.sig`],
  ['a text', `${HEADER}.${encode('sub')}.sig`],
  ['null', `${HEADER}.${encode(null)}.sig`],
  ['one that is far too long', `${HEADER}.${encode({ sub: 'a'.repeat(70_000) })}.sig`],
])('refuses %s', (_, text) => {
  expect(readClaims(new Secret(text))).toBeNull()
})

test('reads the claims without looking at the signature', () => {
  const claims = { sub: 'user-FAKE', name: 'Zoë 🦊', nested: { plan: 'pro' } }
  expect(readClaims(new Secret(`${HEADER}.${encode(claims)}.c2ln`))).toEqual(claims)
})

test('never throws', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.tuple(fc.string(), fc.string(), fc.string()).map((p) => p.join('.')),
      ),
      (text) => {
        const claims = readClaims(new Secret(text))
        expect(claims === null || typeof claims === 'object').toBe(true)
      },
    ),
  )
})
