/** Counting transcripts: what counts once, what counts not, and that reading goes on where it stopped. */

import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { claudeTranscript } from './claude-transcript.ts'
import { codexTranscript } from './codex-transcript.ts'
import { type CountRequest, countTranscript } from './count-transcript.ts'
import { findTranscripts } from './find-transcripts.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-test-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const HOUR = Date.parse('2026-11-22T10:00:00Z')

function claudeLine(id: string | null, output: number, time = '10:05:00', more: object = {}): string {
  const usage = {
    input_tokens: 3,
    cache_creation_input_tokens: 100,
    cache_read_input_tokens: 5000,
    output_tokens: output,
  }
  const message = { id, model: 'example', role: 'assistant', content: [{ type: 'text', text: 'SAID' }], usage, ...more }
  return `${JSON.stringify({ type: 'assistant', timestamp: `2026-11-22T${time}Z`, message })}\n`
}

function codexLine(total: number | null, output: number, time = '10:05:00', info?: null): string {
  const last = { input_tokens: 900, cached_input_tokens: 800, output_tokens: output, total_tokens: 900 + output }
  const counted = { last_token_usage: last, total_token_usage: total === null ? undefined : { total_tokens: total } }
  const payload = {
    type: 'token_count',
    info: info === null ? null : counted,
    rate_limits: { primary: { used_percent: 3 } },
  }
  return `${JSON.stringify({ type: 'event_msg', timestamp: `2026-11-22T${time}Z`, payload })}\n`
}

function write(text: string): string {
  const path = join(directory, 'a.jsonl')
  writeFileSync(path, text)
  return path
}

function count(path: string, format: CountRequest['format'], changes: Partial<CountRequest> = {}) {
  return countTranscript(path, { offset: 0, format, isAtRest: true, maxBytes: 1e9, ...changes })
}

describe('Claude Code', () => {
  test('a message that is written again while it grows counts once, as it was at last', async () => {
    const path = write(claudeLine('a', 1) + claudeLine('a', 70) + claudeLine('b', 5, '11:00:00') + claudeLine('a', 70))
    const { hours } = await count(path, claudeTranscript)
    expect(hours).toEqual([
      { at: HOUR, messages: 1, input: 103, cached: 5000, output: 70 },
      { at: HOUR + 3_600_000, messages: 1, input: 103, cached: 5000, output: 5 },
    ])
  })

  test('messages without an id count each; synthetic ones and lines without use or time do not', async () => {
    const path = write(
      claudeLine(null, 1) +
        claudeLine(null, 2) +
        claudeLine('x', 9, '10:00:00', { model: '<synthetic>' }) +
        claudeLine('y', 9, '10:00:00', { usage: null }) +
        claudeLine('z', 9, 'no time') +
        '{"usage": torn\n[1,"usage"]\n',
    )
    const { hours, offset } = await count(path, claudeTranscript)
    expect(hours).toEqual([{ at: HOUR, messages: 2, input: 206, cached: 10_000, output: 3 }])
    expect((await count(path, claudeTranscript, { offset })).hours).toEqual([])
  })

  test('a last message waits until another follows or nobody writes any more', async () => {
    const path = write(claudeLine('a', 1) + claudeLine('b', 2))
    const first = await count(path, claudeTranscript, { isAtRest: false })
    expect(first.hours[0]).toMatchObject({ messages: 1, output: 1 })
    appendFileSync(path, claudeLine('b', 40))
    const second = await count(path, claudeTranscript, { offset: first.offset })
    expect(second.hours[0]).toMatchObject({ messages: 1, output: 40 })
    expect((await count(path, claudeTranscript, { offset: second.offset })).hours).toEqual([])
  })

  test('a torn last line is read when it is whole', async () => {
    const whole = claudeLine('b', 2)
    const path = write(claudeLine('a', 1) + whole.slice(0, 60))
    const first = await count(path, claudeTranscript)
    expect(first.hours[0]).toMatchObject({ messages: 1 })
    appendFileSync(path, whole.slice(60))
    expect((await count(path, claudeTranscript, { offset: first.offset })).hours[0]).toMatchObject({ output: 2 })
  })

  test('numbers that are no counts count nothing', async () => {
    const usage = { input_tokens: -5, output_tokens: '12', cache_read_input_tokens: 1e300 }
    const path = write(claudeLine('a', 1, '10:00:00', { usage }))
    expect((await count(path, claudeTranscript)).hours).toEqual([
      { at: HOUR, messages: 1, input: 0, cached: 0, output: 0 },
    ])
  })
})

describe('Codex', () => {
  test('each event counts what came since the one before; repeats and events of limits alone do not', async () => {
    const path = write(
      `{"type":"session_meta"}\n${codexLine(950, 50)}${codexLine(950, 50)}${codexLine(0, 0, '10:06:00', null)}`,
    )
    appendFileSync(path, codexLine(1900, 60))
    const { hours, offset } = await count(path, codexTranscript)
    expect(hours).toEqual([{ at: HOUR, messages: 2, input: 200, cached: 1600, output: 110 }])
    appendFileSync(path, codexLine(1900, 60) + codexLine(2800, 7))
    const next = await count(path, codexTranscript, { offset })
    expect(next.hours).toEqual([{ at: HOUR, messages: 1, input: 100, cached: 800, output: 7 }])
    expect((await count(path, codexTranscript, { offset: next.offset })).hours).toEqual([])
  })

  test('events without a sum count each', async () => {
    const { hours } = await count(write(`\n${codexLine(null, 1)}${codexLine(null, 2)}`), codexTranscript)
    expect(hours[0]).toMatchObject({ messages: 2, output: 3 })
  })

  test('what holds nothing to count is passed over, not read for ever', async () => {
    const path = write(`${'{"type":"other"}\n'.repeat(40_000)}${codexLine(950, 50)}`)
    const first = await count(path, codexTranscript, { maxBytes: 100_000 })
    expect(first).toMatchObject({ hours: [] })
    expect(first.offset).toBeGreaterThan(0)
  })
})

test('a line of megabytes is passed over, and what follows counts', async () => {
  const huge = JSON.stringify({ usage: 'x'.repeat(6 * 1024 * 1024) })
  const { hours, offset } = await count(write(`${claudeLine('a', 1)}${huge}\n${claudeLine('b', 2)}`), claudeTranscript)
  expect(hours[0]).toMatchObject({ messages: 2, output: 3 })
  expect(offset).toBeGreaterThan(6 * 1024 * 1024)
})

test.for([
  { cli: 'Claude Code', format: claudeTranscript, line: claudeLine('b', 2) },
  { cli: 'Codex', format: codexTranscript, line: codexLine(950, 50) + codexLine(1900, 60) },
])('a line of $cli that is longer than one run reads is left behind', async ({ format, line }) => {
  const path = write(`"usage" "token_count" ${'x'.repeat(11 * 1024 * 1024)}\n${line}`)
  let offset = 0
  let messages = 0
  for (let run = 0; run < 5; run++) {
    const counted = await count(path, format, { offset, maxBytes: 5 * 1024 * 1024 })
    messages += counted.hours.reduce((sum, hour) => sum + hour.messages, 0)
    offset = counted.offset
  }
  expect(messages).toBe(1)
})

test('one run reads no more than it may, and the next goes on', async () => {
  const path = write(Array.from({ length: 3000 }, (_, index) => claudeLine(`m${index}`, 1)).join(''))
  let offset = 0
  let messages = 0
  for (let run = 0; run < 20; run++) {
    const counted = await count(path, claudeTranscript, { offset, maxBytes: 300_000 })
    messages += counted.hours.reduce((sum, hour) => sum + hour.messages, 0)
    offset = counted.offset
  }
  expect(messages).toBe(3000)
})

test('transcripts are found below their directory, newest first; links are not followed', async () => {
  const projects = join(directory, 'projects')
  mkdirSync(join(projects, 'one', 'subagents'), { recursive: true })
  writeFileSync(join(projects, 'one', 'a.jsonl'), 'x')
  writeFileSync(join(projects, 'one', 'subagents', 'b.jsonl'), 'xy')
  writeFileSync(join(projects, 'one', 'notes.txt'), 'x')
  mkdirSync(join(directory, 'outside'))
  writeFileSync(join(directory, 'outside', 'c.jsonl'), 'x')
  symlinkSync(join(directory, 'outside'), join(projects, 'two'))
  symlinkSync(join(directory, 'outside', 'c.jsonl'), join(projects, 'c.jsonl'))
  const found = await findTranscripts(projects, 0)
  expect(found.map(({ path }) => path.slice(projects.length)).sort()).toEqual([
    '/one/a.jsonl',
    '/one/subagents/b.jsonl',
  ])
  symlinkSync(projects, join(directory, 'linked'))
  expect(await findTranscripts(join(directory, 'linked'), 0)).toEqual([])
  expect(await findTranscripts(join(directory, 'nothing'), 0)).toEqual([])
  expect(await findTranscripts(projects, Date.now() + 1e6)).toEqual([])
  await expect(count(join(projects, 'c.jsonl'), claudeTranscript)).rejects.toThrow()
})
