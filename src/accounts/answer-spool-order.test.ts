/** The order in which the system is asked to write an answer: what a power cut leaves is decided by that alone. */

import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AnswerSpool } from './answer-spool.ts'
import type { Answer } from './save-answer.ts'

/** What the file system was asked for, in order, and the names behind its open files. */
const asked = vi.hoisted(() => ({ calls: [] as string[], names: new Map<number, string>() }))

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>()
  return {
    ...real,
    openSync: (path: string, flags: string, mode?: number) => {
      const file = real.openSync(path, flags, mode)
      asked.names.set(file, path)
      return file
    },
    writeSync: (file: number, bytes: Uint8Array, at: number) => {
      asked.calls.push(`write ${asked.names.get(file)}`)
      return real.writeSync(file, bytes, at)
    },
    fsyncSync: (file: number) => {
      asked.calls.push(`sync ${asked.names.get(file)}`)
      real.fsyncSync(file)
    },
    renameSync: (from: string, to: string) => {
      asked.calls.push(`rename ${from} to ${to}`)
      real.renameSync(from, to)
    },
  }
})

let directory: string

beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'tokendeck-spool-'))
})
afterEach(() => fs.rmSync(directory, { recursive: true, force: true }))

test('an answer is on the disk before it has its name, and its name is before anybody goes on', () => {
  const answer = { attempt: { id: 'att_1', accountId: 'acc_1' }, sealed: { id: 'ans_1', answerSealed: 'v1.x' } }
  const path = join(directory, 'acc_1.ans_1.json')
  new AnswerSpool(directory).write(answer as Answer)
  const names = asked.calls.map((call) => call.replaceAll(`${basename(path)}.${process.pid}.new`, 'DRAFT'))
  expect(names).toEqual([
    `write ${join(directory, 'DRAFT')}`,
    `sync ${join(directory, 'DRAFT')}`,
    `rename ${join(directory, 'DRAFT')} to ${path}`,
    `sync ${directory}`,
  ])
})
