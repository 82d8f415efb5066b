/** A kit opens with its passphrase and in no other way; whatever is done to its text is seen before a key comes out. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { systemRandom } from '../lib/random.ts'
import { Secret } from '../lib/secret.ts'
import { newStretching } from './key-passphrase.ts'
import { keyIdOf, newMasterKey } from './keys.ts'
import { KitRefusal, makeRecoveryKit, openRecoveryKit, readRecoveryKit } from './recovery-kit.ts'

const key = newMasterKey(systemRandom)
const passphrase = new Secret('correct horse battery')
const kit = makeRecoveryKit(key, passphrase, systemRandom, Date.UTC(2026, 10, 22, 12))

function refusalOf(run: () => unknown): KitRefusal {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(KitRefusal)
    return error as KitRefusal
  }
  throw new Error('it was not refused')
}

/** A kit whose lines were changed together with the checksum, as an attacker would. */
async function forge(change: (text: string) => string): Promise<string> {
  const lines = change(kit).trim().split('\n').slice(0, 6).join('\n')
  const digest = await crypto.subtle.digest('SHA-256', Buffer.from(lines))
  return `${lines}\nChecksum: ${Buffer.from(digest).toString('base64url').slice(0, 16)}\n`
}

test('a letter changed, left out or put in anywhere is seen', () => {
  const letters = kit.trimEnd()
  fc.assert(
    fc.property(fc.nat(letters.length - 1), fc.constantFrom('', 'A', 'b', '9', ':', '\n'), (place, put) => {
      for (const length of [0, 1]) {
        const changed = letters.slice(0, place) + put + letters.slice(place + length)
        const isSame = changed.replace(/\s*\n\s*/g, '\n').trim() === letters
        if (!isSame) expect(['not_a_kit', 'kit_newer', 'kit_damaged']).toContain(codeOf(() => readRecoveryKit(changed)))
      }
    }),
    { numRuns: 2_000 },
  )
})

function codeOf(run: () => unknown): string | null {
  try {
    run()
    return null
  } catch (error) {
    return (error as KitRefusal).code
  }
}

test.each<[string, string, string, string]>([
  ['nothing', '', 'not_a_kit', 'This is not a recovery kit of Tokendeck. Nothing was changed.'],
  ['another file', 'Dear diary', 'not_a_kit', 'This is not a recovery kit'],
  ['a kit of later', kit.replace('version 1', 'version 12'), 'kit_newer', 'has version 12'],
  ['a first line alone', kit.split('\n')[0]!, 'kit_damaged', 'a line is missing or changed'],
  ['a kit cut short', kit.slice(0, -5), 'kit_damaged', 'Use another copy'],
  ['two kits in one', kit + kit, 'kit_damaged', 'damaged'],
  ['lines in another order', kit.replace(/(Key.*\n)(Made.*\n)/, '$2$1'), 'kit_damaged', 'damaged'],
])('%s is refused in words', (_, text, code, words) => {
  const error = refusalOf(() => readRecoveryKit(text))
  expect(error).toMatchObject({ code, exitCode: 1 })
  expect(error.message).toContain(words)
})

test.each<[string, (text: string) => string]>([
  ['a stretching that keeps a machine busy', (text) => text.replace('m=65536', 'm=99999999')],
  ['a stretching of many passes', (text) => text.replace('t=3', 't=99')],
  ['a stretching that is none', (text) => text.replace('m=65536', 'm=8')],
  ['no passes', (text) => text.replace('t=3', 't=0')],
  ['no lanes', (text) => text.replace('p=1', 'p=0')],
  ['an unknown stretching', (text) => text.replace('argon2id', 'md5')],
  ['a weak scrypt', (text) => text.replace('argon2id m=65536 t=3', 'scrypt N=2 r=8')],
  ['no salt', (text) => text.replace(/Salt: .*/, 'Salt: ')],
])('a forged kit with %s is refused without stretching anything', async (_, change) => {
  const forged = await forge(change)
  const before = performance.now()
  expect(refusalOf(() => readRecoveryKit(forged)).code).toBe('kit_damaged')
  expect(performance.now() - before).toBeLessThan(50)
})

/** What is random may be any character already. */
const otherThan = (character: string) => (character === '_' ? '-' : '_')

test.each<[string, (text: string) => string]>([
  ['another name of the key', (text) => text.replace(keyIdOf(key), 'k_00000000')],
  ['another day', (text) => text.replace(/Made: .*/, 'Made: 2020-01-01')],
  ['another salt', (text) => text.replace(/Salt: (.)/, (_, first) => `Salt: ${otherThan(first)}`)],
  ['more passes', (text) => text.replace('t=3', 't=4')],
  ['the stretching of scrypt', (text) => text.replace('argon2id m=65536 t=3', 'scrypt N=131072 r=8')],
  ['another sealing', (text) => text.replace(/(Sealed: v1\.kit\.)(.)/, (_, name, first) => name + otherThan(first))],
])('a forged kit with %s does not open with the right passphrase', async (_, change) => {
  const forged = readRecoveryKit(await forge(change))
  expect(refusalOf(() => openRecoveryKit(forged, passphrase)).code).toBe('kit_passphrase')
})

test('a wrong passphrase does not open it, and neither is told', () => {
  for (const wrong of ['', 'correct horse batterx', 'correct horse battery ']) {
    const error = refusalOf(() => openRecoveryKit(readRecoveryKit(kit), new Secret(wrong)))
    expect(error.code).toBe('kit_passphrase')
    expect(error.message).toContain(keyIdOf(key))
    expect(error.message).not.toContain('horse')
  }
})

test('the right passphrase opens it, also after the text went through a mail or another keyboard', () => {
  expect(openRecoveryKit(readRecoveryKit(kit), passphrase)).toEqual(key)
  const mailed = `\r\n  ${kit.replaceAll('\n', '\r\n\r\n   ')}\n\n`
  expect(openRecoveryKit(readRecoveryKit(mailed), passphrase)).toEqual(key)
})

test('one that was made where argon2id is missing opens here', () => {
  const made = makeRecoveryKit(key, passphrase, systemRandom, 0, newStretching(systemRandom, 'scrypt'))
  expect(made).toContain('\nPassphrase: scrypt N=131072 r=8 p=1\n')
  expect(openRecoveryKit(readRecoveryKit(made), passphrase)).toEqual(key)
})

test('it says in plain text which key, which day and how the passphrase is stretched, and nothing of the key', () => {
  expect(kit.split('\n').slice(0, 4)).toEqual([
    'Tokendeck recovery kit, version 1',
    `Key: ${keyIdOf(key)}`,
    'Made: 2026-11-22',
    'Passphrase: argon2id m=65536 t=3 p=1',
  ])
  for (const encoding of ['base64url', 'base64', 'hex'] as const) expect(kit).not.toContain(key.toString(encoding))
  expect(kit).not.toContain(passphrase.reveal())
})
