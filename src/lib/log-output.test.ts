import { expect, test } from 'vitest'
import { systemClock } from './clock.ts'
import { type LogOutputOptions, openLogOutput } from './log-output.ts'

const clock = { ...systemClock, now: () => Date.UTC(2026, 10, 22, 9) }

function output(options: Partial<LogOutputOptions> = {}) {
  const lines: string[] = []
  const log = openLogOutput({
    level: 'info',
    format: 'text',
    clock,
    write: (line) => void lines.push(line),
    ...options,
  })
  return { log, lines }
}

const canaries = [
  'sk-ant-oat01-FAKE-canary0000000000',
  'sk-ant-ort01-FAKE-canary_with_underscores-and-dashes',
  'rt_FAKE_CANARY_0001',
  'eyJhbGciOiJub25lIn0.eyJzdWIiOiJGQUtFIn0.FAKEsignature',
  'Bearer FAKE-CANARY-opaque',
  'ZmFrZS1jYW5hcnktb2YtMjU2LWJpdHMtb2YtY2hhbmNl',
]

test.each(['text', 'json'] as const)('nothing that looks like a secret gets out as %s', async (format) => {
  const { log, lines } = output({ format })
  for (const canary of canaries) {
    log.error('grant.refresh_failed', { accountId: 'acc_1', detail: `the provider said: "${canary}" is bad` })
    log.error(`a line with ${canary}`)
  }
  log.warn('named', { accessToken: 'short', refresh_token: 'short', codeVerifier: 'short', cookie: 'short' })
  await log.flush()
  const text = lines.join('')
  expect(lines).toHaveLength(canaries.length * 2 + 1)
  for (const canary of canaries) expect(text).not.toContain(canary.replace(/^Bearer /, ''))
  expect(text).not.toContain('short')
  expect(text).toContain('acc_1')
})

test.each(['text', 'json'] as const)('foreign text cannot forge a line or steer the terminal as %s', async (format) => {
  const { log, lines } = output({ format })
  log.info('account.connected', { label: 'x\n2026-11-22 ERROR forged \u001b[2J\u009b1m\u202e' })
  await log.flush()
  expect(lines).toHaveLength(1)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these must not be there
  expect(lines[0]!.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/)
})

test('lines below the level are not written, the others keep their order and their time', async () => {
  const { log, lines } = output({ level: 'warn' })
  log.info('quiet')
  log.warn('first', { count: 2, path: '/home/ada/.codex/auth.json', none: undefined })
  log.error('second')
  await log.flush()
  expect(lines).toEqual([
    '2026-11-22T09:00:00.000Z WARNING first count=2 path=/home/ada/.codex/auth.json\n',
    '2026-11-22T09:00:00.000Z ERROR   second\n',
  ])
})

test('JSON lines are JSON, with everyday values as they are', async () => {
  const { log, lines } = output({ format: 'json' })
  log.info('grant.refreshed', { accountId: 'acc_0123456789abcdef0123', generation: 4, isFirst: false, detail: null })
  await log.flush()
  expect(JSON.parse(lines[0]!)).toEqual({
    at: '2026-11-22T09:00:00.000Z',
    level: 'info',
    event: 'grant.refreshed',
    accountId: 'acc_0123456789abcdef0123',
    generation: 4,
    isFirst: false,
    detail: null,
  })
})

test('no field takes the place of the time, the level or the event', async () => {
  const { log, lines } = output({ format: 'json' })
  log.error('request.failed', { at: 'elsewhere', level: 'none', event: 'other', id: 'err_1' })
  await log.flush()
  expect(JSON.parse(lines[0]!)).toEqual({
    at: '2026-11-22T09:00:00.000Z',
    level: 'error',
    event: 'request.failed',
    id: 'err_1',
  })
})
