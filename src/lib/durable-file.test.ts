/** A replaced file is whole, its owner's, and leaves nothing beside it, whatever goes wrong. */

import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  moveDurably,
  replaceDurably,
  replaceDurablyBeside,
  syncPath,
  writeDraft,
  writeNewFile,
} from './durable-file.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-durable-'))
})
afterEach(() => {
  chmodSync(directory, 0o700)
  rmSync(directory, { recursive: true, force: true })
})

const WAYS = [
  ['while the caller waits', async (path: string, text: string) => replaceDurably(path, text)],
  ['beside other work', replaceDurablyBeside],
] as const

describe.each(WAYS)('a file that is replaced %s', (_, replace) => {
  test('is there whole, in a directory made for its owner, and nothing beside it', async () => {
    const path = join(directory, 'made', 'here', 'file')
    await replace(path, 'first')
    await replace(path, 'second')
    expect(readFileSync(path, 'utf8')).toBe('second')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(join(directory, 'made', 'here')).mode & 0o777).toBe(0o700)
    expect(readdirSync(join(directory, 'made', 'here'))).toEqual(['file'])
  })

  test('stays as it was where the new one cannot take its place, and no draft is left', async () => {
    const path = join(directory, 'taken')
    mkdirSync(join(path, 'by a directory'), { recursive: true })
    await expect(replace(path, 'text')).rejects.toMatchObject({ code: expect.stringMatching(/^E/) })
    expect(readdirSync(directory)).toEqual(['taken'])
  })

  test('where no directory can be made: the words of the system', async () => {
    writeFileSync(join(directory, 'file'), '')
    await expect(replace(join(directory, 'file', 'below'), 'text')).rejects.toMatchObject({
      code: expect.stringMatching(/^E(NOTDIR|EXIST)$/),
    })
  })
})

test('a draft of an earlier try is written anew, with the mode that was told', () => {
  const path = join(directory, 'file')
  writeFileSync(writeDraft(path, 'a longer text than the next'), 'x')
  const draft = writeDraft(path, new Uint8Array([104, 105]), 0o640)
  expect(readFileSync(draft, 'utf8')).toBe('hi')
  expect(statSync(draft).mode & 0o777).toBe(0o640 & ~process.umask())
  moveDurably(draft, path)
  expect(readdirSync(directory)).toEqual(['file'])
})

test('a new file is written over nobody', () => {
  const path = join(directory, 'file')
  writeNewFile(path, 'mine')
  expect(() => writeNewFile(path, 'another')).toThrow(expect.objectContaining({ code: 'EEXIST' }))
  expect(readFileSync(path, 'utf8')).toBe('mine')
  syncPath(path)
  syncPath(directory)
})
