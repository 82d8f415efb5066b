/** Counting on this machine: whose tokens they are, once each, and what switching it off forgets; and what they explain. */

import { appendFileSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AccountsContext } from '../accounts/context.ts'
import { saveCredentialFile } from '../db/credential-file-store.ts'
import { transcriptFiles, transcriptHours } from '../db/schema-usage.ts'
import { listTranscriptHours } from '../db/transcript-store.ts'
import type { UsagePoint } from '../forecast/forecast.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../lib/clock.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { areTranscriptsCounted, countTranscripts, setTranscriptsCounted } from './count-transcripts.ts'
import { type NotedHour, unexplainedUse } from './unexplained-use.ts'

let world: TestContext
let context: AccountsContext
let accountId: string
let transcript: string
let home: string

beforeEach(async () => {
  world = await createTestContext()
  accountId = (await connectPerson(world)).accountId
  home = join(world.directory, '.claude')
  mkdirSync(join(home, 'projects', 'p'), { recursive: true })
  transcript = join(home, 'projects', 'p', 's.jsonl')
  const place = { cli: 'claude', provider: 'claude', directory: home, path: join(home, '.credentials.json') } as const
  context = { ...world.context, credentialPlaces: [{ ...place, companionPath: null, kind: 'default' }] }
  await signedInAs('ada')
})
afterEach(() => world.close())

async function signedInAs(name: string | null): Promise<void> {
  const person = name === null ? null : world.fake.person(name)
  await saveCredentialFile(context.database, {
    ...{ machineId: 'here', path: join(home, '.credentials.json'), provider: 'claude', kind: 'default' },
    ...{ accountId: null, state: person ? 'live' : 'missing', observedAt: world.clock.now(), modifiedAt: null },
    ...{ subject: person?.subject ?? null, organizationId: person?.organizationId ?? null, email: null },
    ...{ refreshTokenFingerprint: null, accessTokenExpiresAt: null },
  })
}

/** Lines of a transcript at the present, and the file's own time put to it. */
function say(id: string, output: number): void {
  const timestamp = new Date(world.clock.now()).toISOString()
  const message = { id, model: 'example', content: 'CANARY said', usage: { input_tokens: 1, output_tokens: output } }
  appendFileSync(transcript, `${JSON.stringify({ timestamp, message })}\n`)
  touch()
}

function touch(): void {
  utimesSync(transcript, world.clock.now() / 1000, world.clock.now() / 1000)
}

/** The context at an instant of the real clock, by which files are born. */
function atTheTimeOf(now: number): AccountsContext {
  return { ...context, clock: { ...context.clock, now: () => now } as AccountsContext['clock'] }
}

const counted = async () =>
  (await context.database.select().from(transcriptHours)).map((row) => [row.accountId, row.messages, row.outputTokens])

describe('counting', () => {
  test('gives tokens to whose login lies beside them, once each', async () => {
    await countTranscripts(context)
    say('a', 10)
    say('b', 20)
    await countTranscripts(context)
    expect(await counted()).toEqual([[accountId, 1, 10]])
    await world.clock.advance(11 * MINUTE_MS)
    await countTranscripts(context)
    await countTranscripts(context)
    expect(await counted()).toEqual([[accountId, 2, 30]])
    expect(await listTranscriptHours(context.database, { accountId, since: 0 })).toMatchObject([{ messages: 2 }])
  })

  test('what was written while nobody watched, or while nobody known was signed in, is nobody’s', async () => {
    say('a', 10)
    await world.clock.advance(5 * HOUR_MS)
    await countTranscripts(context)
    expect(await counted()).toEqual([['', 1, 10]])
    await signedInAs(null)
    say('b', 20)
    await world.clock.advance(11 * MINUTE_MS)
    await countTranscripts(context)
    expect((await counted()).map(([owner]) => owner)).toEqual(['', ''])
  })

  test('of a session that is resumed, what its new transcript repeats does not count', async () => {
    await countTranscripts(context)
    const copy = join(home, 'projects', 'p', 'resumed.jsonl')
    const bornAt = Date.now()
    const line = (id: string, at: number) =>
      `${JSON.stringify({ timestamp: new Date(at).toISOString(), message: { id, usage: { output_tokens: 7 } } })}\n`
    writeFileSync(copy, line('m1', bornAt - HOUR_MS) + line('m2', bornAt - 2 * MINUTE_MS))
    appendFileSync(copy, line('m3', bornAt + MINUTE_MS))
    utimesSync(copy, bornAt / 1000 + 90, bornAt / 1000 + 90)
    await countTranscripts(atTheTimeOf(bornAt + HOUR_MS))
    expect((await counted()).map(([, messages]) => messages)).toEqual([1])
  })

  test('a transcript that is replaced by a shorter one is read anew, and only what is newer counts', async () => {
    await countTranscripts(context)
    say('m1', 10)
    say('m2', 10)
    say('m3', 10)
    await world.clock.advance(11 * MINUTE_MS)
    await countTranscripts(context)
    expect(await counted()).toEqual([[accountId, 3, 30]])
    writeFileSync(transcript, '')
    await world.clock.advance(MINUTE_MS)
    say('m4', 5)
    await world.clock.advance(11 * MINUTE_MS)
    await countTranscripts(context)
    await countTranscripts(context)
    const rows = await counted()
    expect(rows.reduce((sum, [, messages]) => sum + Number(messages), 0)).toBe(4)
  })

  test('lie beside the settings where the login is kept elsewhere, and are counted once', async () => {
    const safe = join(world.directory, 'safe')
    const place = { cli: 'claude', provider: 'claude', companionPath: null } as const
    const elsewhere = {
      ...context,
      credentialPlaces: [
        {
          ...place,
          directory: safe,
          path: join(safe, '.credentials.json'),
          kind: 'environment',
          sessionsDirectory: home,
        },
        ...context.credentialPlaces,
      ],
    } as AccountsContext
    await countTranscripts(elsewhere)
    say('m1', 10)
    await world.clock.advance(11 * MINUTE_MS)
    await countTranscripts(elsewhere)
    expect((await counted()).map(([, messages]) => messages)).toEqual([1])
  })

  test('keeps no word of what was said', async () => {
    say('a', 10)
    await world.clock.advance(11 * MINUTE_MS)
    await countTranscripts(context)
    const rows = [
      await context.database.select().from(transcriptHours),
      await context.database.select().from(transcriptFiles),
    ]
    expect(JSON.stringify(rows)).not.toContain('CANARY')
  })

  test('a file that cannot be read waits, and one that is too old is not read', async () => {
    mkdirSync(join(home, 'projects', 'p', 'directory.jsonl'))
    say('a', 10)
    await world.clock.advance(40 * DAY_MS)
    await countTranscripts(context)
    expect(await counted()).toEqual([])
  })

  test('switched off it forgets and reads nothing; a stop ends it', async () => {
    say('a', 10)
    await world.clock.advance(11 * MINUTE_MS)
    await countTranscripts(context)
    expect(await counted()).toHaveLength(1)
    expect(await areTranscriptsCounted(context)).toBe(true)
    await setTranscriptsCounted(context, false, 'browser')
    expect(await counted()).toEqual([])
    await countTranscripts(context)
    expect(await counted()).toEqual([])
    await setTranscriptsCounted(context, true, 'browser')
    await countTranscripts(context, AbortSignal.abort())
    expect(await counted()).toEqual([])
  })

  test('Codex’s are read by their own rules', async () => {
    const directory = join(world.directory, '.codex')
    mkdirSync(join(directory, 'sessions', '2026'), { recursive: true })
    const path = join(directory, 'auth.json')
    context = {
      ...context,
      credentialPlaces: [{ cli: 'codex', provider: 'codex', directory, path, companionPath: null, kind: 'default' }],
    }
    const file = join(directory, 'sessions', '2026', 'rollout-1.jsonl')
    const usage = { input_tokens: 5, cached_input_tokens: 2, output_tokens: 7 }
    const info = { last_token_usage: usage, total_token_usage: { total_tokens: 12 } }
    const timestamp = new Date(world.clock.now()).toISOString()
    writeFileSync(file, `{}\n${JSON.stringify({ timestamp, payload: { type: 'token_count', info } })}\n`)
    utimesSync(file, world.clock.now() / 1000, world.clock.now() / 1000)
    await countTranscripts(context)
    expect(await counted()).toEqual([['', 1, 7]])
  })
})

describe('use elsewhere', () => {
  const WEEK_MS = 7 * DAY_MS
  const now = Date.UTC(2026, 10, 20)
  const resetsAt = now + DAY_MS
  const start = resetsAt - WEEK_MS

  /** Use of 1 % an hour in the hours named, noted here as `tokens` where it was here. */
  function world(hoursHere: number[], hoursElsewhere: number[]): { points: UsagePoint[]; hours: NotedHour[] } {
    const points: UsagePoint[] = []
    const hours: NotedHour[] = []
    let used = 0
    for (let hour = 0; start + hour * HOUR_MS < now; hour++) {
      const at = start + hour * HOUR_MS
      points.push({ at, usedFraction: used, highestFraction: used, resetsAt })
      if (hoursHere.includes(hour)) hours.push({ at, inputTokens: 1000, cachedTokens: 90_000, outputTokens: 2000 })
      if (hoursHere.includes(hour) || hoursElsewhere.includes(hour)) used += 0.01
    }
    return { points, hours }
  }
  const ask = (given: { points: UsagePoint[]; hours: NotedHour[] }) =>
    unexplainedUse({ ...given, durationMs: WEEK_MS, countedSince: start, now, resetsAt })
  const every = (from: number, until: number, step = 1) =>
    Array.from({ length: Math.floor((until - from) / step) }, (_, index) => from + index * step)

  test('cannot be told without transcripts, without use, or from few hours', () => {
    expect(ask(world([], every(0, 30)))).toEqual({ kind: 'cannot_tell', why: 'no_transcripts' })
    expect(ask({ ...world(every(0, 9), []), points: [] })).toEqual({ kind: 'cannot_tell', why: 'nothing_used' })
    expect(ask(world(every(4, 9), []))).toEqual({ kind: 'cannot_tell', why: 'short_history' })
  })

  test('all from here is explained, with a small margin', () => {
    const use = ask(world(every(0, 70), []))
    expect(use).toMatchObject({ kind: 'explained' })
    expect((use as { high: number }).high).toBeLessThan(0.2)
  })

  test('hours in which nothing was noted here were elsewhere: never more than it was, nearly all of it', () => {
    const use = ask(world(every(0, 60), every(80, 120)))
    expect(use).toMatchObject({ kind: 'elsewhere' })
    const { low, high } = use as { low: number; high: number }
    expect(low).toBeGreaterThan(0.3)
    expect(low).toBeLessThanOrEqual(0.4)
    expect(high).toBeGreaterThanOrEqual(0.39)
  })

  test('even few hours tell what was used while this machine was silent', () => {
    expect(ask(world([3], every(60, 100)))).toMatchObject({ kind: 'elsewhere' })
  })
})
