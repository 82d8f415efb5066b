/** What the file of a key, or of a passphrase, may be like; whose it is; and that no key is ever lost by writing one. */

import {
  chmodSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  type Stats,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FileOwnership } from '../lib/private-file.ts'
import { systemRandom } from '../lib/random.ts'
import { createKeyFile, keyLine, readKeyFile, replaceKeyFile } from './key-file.ts'
import { KeyRefusal } from './key-refusal.ts'
import { keyIdOf, newMasterKey } from './keys.ts'
import { readSecretFile } from './secret-file.ts'

const key = newMasterKey(systemRandom)
const otherKey = newMasterKey(systemRandom)
const OWN = 1000
let directory: string
let path: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-key-'))
  path = join(directory, 'key')
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** A machine on which the file has this owner and mode. */
function machine(uid: number, mode: number): FileOwnership {
  return {
    hasModes: true,
    uid: OWN,
    stat: (file) => {
      const stat: Stats = fstatSync(file)
      return Object.assign(stat, { uid, mode: (stat.mode & ~0o777) | mode })
    },
  }
}

function refusalOf(run: () => unknown): KeyRefusal {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(KeyRefusal)
    return error as KeyRefusal
  }
  throw new Error('it was not refused')
}

describe('a file that cannot be trusted is refused, and stays as it is', () => {
  test.each<[string, number, number, string | null]>([
    ['of another user', 1001, 0o600, 'belongs to another user'],
    ['of another user, readable by all', 1001, 0o644, 'belongs to another user'],
    ['of root, readable by all', 0, 0o644, 'can be read by others and is not ours to narrow'],
    ['of root, handed to this program alone', 0, 0o400, null],
    ['of one’s own', OWN, 0o600, null],
    ['of one’s own, readable by the group', OWN, 0o640, null],
  ])('%s', (_, uid, mode, words) => {
    writeFileSync(path, 'FAKE-passphrase\n')
    const read = () => readSecretFile(path, 'key file', machine(uid, mode))
    if (words === null) expect(read()?.reveal()).toBe('FAKE-passphrase')
    else expect(refusalOf(read)).toMatchObject({ code: 'key_not_permitted', message: `The key file ${path} ${words}.` })
  })

  test.each<[string, () => void, string]>([
    ['a directory', () => mkdirSync(path), 'is not a file'],
    ['a link to itself', () => symlinkSync(path, path), 'cannot be read (ELOOP)'],
    ['longer than a key could be', () => writeFileSync(path, 'x'.repeat(65_537)), 'is too long'],
  ])('%s', (_, make, words) => {
    make()
    expect(refusalOf(() => readKeyFile(path))).toMatchObject({
      code: 'key_not_permitted',
      exitCode: 78,
      message: `The key file ${path} ${words}.`,
    })
  })

  test('a place inside something that is no directory', () => {
    writeFileSync(path, '')
    expect(refusalOf(() => readKeyFile(join(path, 'key'))).message).toContain('ENOTDIR')
    const error = refusalOf(() => createKeyFile(join(path, 'key'), key))
    expect(error.message).toMatch(/^The key file .* cannot be written \(E\w+\)\.$/)
    expect(error.message).not.toContain(key.toString('base64url'))
  })
})

test('a file wider than its owner is narrowed; where files have no modes it is read as it is', () => {
  writeFileSync(path, `${keyLine(key).reveal()}\r\n`)
  chmodSync(path, 0o666)
  const withoutModes = { hasModes: false, uid: undefined, stat: (file: number) => fstatSync(file) }
  expect(readSecretFile(path, 'key file', withoutModes)?.equals(keyLine(key))).toBe(true)
  expect(statSync(path).mode & 0o777).toBe(0o666)
  expect(readKeyFile(path)).toEqual(key)
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test.each<[string, string]>([
  ['nothing', ''],
  ['no key at all', 'v1.k_00000000'],
  ['a version of later', keyLine(key).reveal().replace('v1.', 'v2.')],
  ['the name of another key', keyLine(key).reveal().replace(keyIdOf(key), keyIdOf(otherKey))],
  ['a key cut by one letter', keyLine(key).reveal().slice(0, -1)],
  ['two keys', `${keyLine(key).reveal()}.${key.toString('base64url')}`],
])('a file with %s is damaged, not another key, and its text is not told', (_, text) => {
  writeFileSync(path, text)
  const error = refusalOf(() => readKeyFile(path))
  expect(error.code).toBe('key_damaged')
  expect(error.message).toBe(`The key file ${path} is damaged. Nothing was changed. Put back a copy of it.`)
})

describe('writing a key', () => {
  test('where one lies gives the one that lies there', () => {
    expect(createKeyFile(path, key)).toEqual(key)
    expect(createKeyFile(path, otherKey)).toEqual(key)
    expect(readdirSync(directory)).toEqual(['key'])
  })

  test('in place of another one sets that aside under its own name, and can be taken back', () => {
    createKeyFile(path, key)
    const { setAside, undo } = replaceKeyFile(path, otherKey)
    expect(setAside).toBe(`${path}.${keyIdOf(key)}`)
    expect(readKeyFile(path)).toEqual(otherKey)
    expect(readKeyFile(setAside!)).toEqual(key)
    for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600)
    undo()
    expect(readKeyFile(path)).toEqual(key)
  })

  test('where none lies leaves nothing behind when it is taken back', () => {
    const place = join(directory, 'config', 'key')
    const { setAside, undo } = replaceKeyFile(place, key)
    expect(setAside).toBeNull()
    expect(statSync(join(directory, 'config')).mode & 0o777).toBe(0o700)
    undo()
    expect(readdirSync(join(directory, 'config'))).toEqual([])
  })

  test('that is there already writes nothing', () => {
    createKeyFile(path, key)
    const { ino } = statSync(path)
    const { setAside, undo } = replaceKeyFile(path, key)
    undo()
    expect(setAside).toBeNull()
    expect(statSync(path).ino).toBe(ino)
  })

  test('keeps every damaged file that it replaces, each once', () => {
    for (const text of ['first', 'first', 'second']) {
      writeFileSync(path, text)
      replaceKeyFile(path, key)
    }
    expect(readdirSync(directory).sort()).toEqual(['key', 'key.damaged', 'key.damaged-2'])
    expect(readFileSync(join(directory, 'key.damaged'), 'utf8')).toBe('first\n')
    expect(readFileSync(join(directory, 'key.damaged-2'), 'utf8')).toBe('second\n')
  })

  test('stops at a name beside it that cannot be trusted, with the key still in its place', () => {
    createKeyFile(path, key)
    mkdirSync(`${path}.${keyIdOf(key)}`)
    expect(refusalOf(() => replaceKeyFile(path, otherKey)).message).toContain('is not a file')
    expect(readKeyFile(path)).toEqual(key)
  })
})
