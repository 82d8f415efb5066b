import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { equalInConstantTime, Secret } from './secret.ts'

const CANARY = 'sk-ant-oat01-FAKE-canary'

test('no way of printing shows the text', () => {
  const secret = new Secret(CANARY)
  const holder = { deep: [{ secret }], map: new Map([['a', secret]]) }
  const printed = [
    String(secret),
    `${secret}`,
    JSON.stringify(holder),
    inspect(holder, { depth: 9, showHidden: true }),
    Bun.inspect(holder),
    Object.values(secret).join(),
    JSON.stringify(Object.entries(Object.getOwnPropertyDescriptors(secret))),
    String(new Error(`failed with ${secret}`)),
  ]
  expect(printed.join('\n')).not.toContain(CANARY)
  expect(JSON.stringify(structuredClone({ secret: secret.toJSON() }))).not.toContain(CANARY)
  expect(secret.reveal()).toBe(CANARY)
})

test.each([
  ['', '', true],
  ['a', '', false],
  [CANARY, CANARY, true],
  [CANARY, `${CANARY}x`, false],
  ['é', 'e\u0301', false],
])('%j equals %j: %s', (left, right, expected) => {
  expect(equalInConstantTime(left, right)).toBe(expected)
  expect(new Secret(left).equals(right)).toBe(expected)
  expect(new Secret(left).equals(new Secret(right))).toBe(expected)
})
