import { chmod, chown, link, mkdir, mkdtemp, open, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'
import { codexClaims, fakeJwt } from '../testing/builders.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { placeAt } from './credential-places.ts'
import { judgeCredentials, type Machine, readCredentials } from './read-credentials.ts'
import { judgeOpenFailure } from './read-text.ts'
import { recognizeCli } from './recognize-cli.ts'

const UID = process.getuid?.() ?? null
const quick: Machine = { clock: { ...systemClock, sleep: async () => {} }, uid: UID, platform: 'linux' }

const CLAUDE = JSON.stringify({
  claudeAiOauth: {
    accessToken: 'sk-ant-oat01-FAKE',
    refreshToken: 'sk-ant-ort01-FAKE',
    expiresAt: 1_795_400_000_000,
    scopes: ['user:inference'],
    accountUuid: 'account-1',
    organizationUuid: 'organization-1',
  },
})
const claims = codexClaims({
  subject: 'user-1',
  organizationId: 'workspace-1',
  email: 'ada@example.com',
  plan: 'pro',
  exp: 1_795_400_000,
})
const codexFile = (generation: number) =>
  JSON.stringify(
    {
      auth_mode: 'chatgpt',
      OPENAI_API_KEY: null,
      tokens: {
        id_token: fakeJwt(claims),
        access_token: fakeJwt({ ...claims, jti: generation }),
        refresh_token: `rt_FAKE_${generation}`,
        account_id: 'workspace-1',
      },
      last_refresh: '2026-11-22T08:00:00Z',
    },
    null,
    2,
  )

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'credentials-'))
})
afterEach(() => rm(directory, { recursive: true }))

const claudeFile = () => join(directory, '.credentials.json')
const codexPath = () => join(directory, 'auth.json')
const readClaude = (machine = quick) => readCredentials(placeAt('claude', 'claude', claudeFile()), machine)
const readCodex = (machine = quick) => readCredentials(placeAt('codex', 'codex', codexPath()), machine)
const put = (path: string, text: string, mode = 0o600) => writeFile(path, text, { mode }).then(() => chmod(path, mode))

test.each<[string, () => Promise<unknown>, () => Promise<unknown>, object]>([
  ['no file', async () => {}, readClaude, { state: 'missing' }],
  [
    'no directory',
    () => rm(directory, { recursive: true }).then(() => mkdir(directory)),
    readCodex,
    { state: 'missing' },
  ],
  ['a directory', () => mkdir(claudeFile()), readClaude, { state: 'foreign', detail: 'directory' }],
  ['a directory of codex', () => mkdir(codexPath()), readCodex, { state: 'foreign', detail: 'directory' }],
  [
    'a symlink, which claude refuses',
    () => put(join(directory, 'real'), CLAUDE).then(() => symlink(join(directory, 'real'), claudeFile())),
    readClaude,
    { state: 'foreign', detail: expect.stringMatching(/^symlink → \/.*real$/) },
  ],
  [
    'a symlink, which codex follows',
    () => put(join(directory, 'real'), codexFile(1)).then(() => symlink(join(directory, 'real'), codexPath())),
    readCodex,
    { state: 'live', warnings: ['symlink'] },
  ],
  ['a symlink to nowhere', () => symlink(join(directory, 'gone'), codexPath()), readCodex, { state: 'missing' }],
  [
    'a symlink to itself',
    () => symlink(codexPath(), codexPath()),
    readCodex,
    { state: 'foreign', detail: 'symlink_loop' },
  ],
  [
    'a file of another owner',
    () => put(codexPath(), codexFile(1)),
    () => readCodex({ ...quick, uid: 54_321 }),
    { state: 'foreign', detail: 'other_owner' },
  ],
  [
    'a file that others can read',
    () => put(claudeFile(), CLAUDE, 0o644),
    readClaude,
    { state: 'live', warnings: ['readable_by_others'] },
  ],
  [
    'a file that anybody can write',
    () => put(claudeFile(), CLAUDE, 0o666),
    readClaude,
    { state: 'not_permitted', detail: 'writable_by_others' },
  ],
  [
    'a file of 2 MiB',
    () => put(claudeFile(), ' '.repeat(2 * 1024 * 1024)),
    readClaude,
    { state: 'foreign', detail: 'too_large' },
  ],
  [
    'bytes that are not text',
    () => writeFile(claudeFile(), Buffer.from([0x7b, 0xff, 0x7d]), { mode: 0o600 }),
    readClaude,
    { state: 'torn' },
  ],
  ['an empty file', () => put(codexPath(), ''), readCodex, { state: 'torn' }],
  [
    'a hard link',
    () => put(join(directory, 'real'), CLAUDE).then(() => link(join(directory, 'real'), claudeFile())),
    readClaude,
    { state: 'live' },
  ],
  [
    'a keyring',
    () => put(join(directory, 'config.toml'), 'cli_auth_credentials_store = "keyring"'),
    readCodex,
    { state: 'keyring' },
  ],
  [
    'a file although a keyring is preferred',
    () =>
      put(join(directory, 'config.toml'), 'cli_auth_credentials_store = "auto"').then(() =>
        put(codexPath(), codexFile(1)),
      ),
    readCodex,
    { state: 'live' },
  ],
  [
    'no file on a Mac where somebody is signed in',
    () => put(join(directory, '.claude.json'), '{"oauthAccount":{"accountUuid":"a"}}'),
    () => readClaude({ ...quick, platform: 'darwin' }),
    { state: 'keyring' },
  ],
  [
    'an API key beside',
    () => put(join(directory, '.claude.json'), '{"primaryApiKey":"sk-ant-api03-FAKE"}'),
    readClaude,
    { state: 'api_key' },
  ],
])('%s', async (_, arrange, read, expected) => {
  await arrange()
  expect(await read()).toMatchObject(expected)
})

test('a pipe is refused and does not hang', async () => {
  const made = Bun.spawnSync(['mkfifo', codexPath()])
  expect(made.exitCode).toBe(0)
  expect(await readCodex()).toEqual({ state: 'foreign', detail: 'not_a_file' })
})

test('a file that really belongs to somebody else', async () => {
  await put(claudeFile(), CLAUDE)
  if (UID === 0) await chown(claudeFile(), 54_321, 54_321)
  expect(await readClaude({ ...quick, uid: UID === 0 ? 0 : 54_321 })).toEqual({
    state: 'foreign',
    detail: 'other_owner',
  })
})

test.each([
  ['EACCES', { state: 'not_permitted', detail: 'EACCES' }],
  ['EPERM', { state: 'not_permitted', detail: 'EPERM' }],
  ['ENOTDIR', { state: 'missing' }],
  ['EISDIR', { state: 'foreign', detail: 'directory' }],
  [undefined, { state: 'not_permitted', detail: 'unreadable' }],
])('an open that fails with %s', (code, expected) => {
  expect(judgeOpenFailure(code)).toEqual(expected)
})

test('waits more than a second for a writer before it says torn, and not at all when the file is whole', async () => {
  const clock = new FakeClock()
  await put(codexPath(), '{"auth_mode":')
  let settled = false
  const reading = readCodex({ ...quick, clock }).finally(() => {
    settled = true
  })
  while (clock.pending() === 0) await new Promise((resolve) => setImmediate(resolve))
  await advanceSlowly(clock, 1_000, () => settled)
  expect(settled).toBe(false)
  await put(codexPath(), codexFile(1))
  await advanceSlowly(clock, 100, () => settled)
  expect(await reading).toMatchObject({ state: 'live' })
  const before = clock.now()
  expect(await readCodex({ ...quick, clock })).toMatchObject({ state: 'live' })
  expect(clock.now()).toBe(before)
})

/** Moves time in small steps and lets the file system, which needs real turns, catch up in between. */
async function advanceSlowly(clock: FakeClock, ms: number, isOver: () => boolean) {
  for (let passed = 0; passed < ms && !isOver(); passed += 20) {
    for (let turn = 0; turn < 200 && clock.pending() === 0 && !isOver(); turn++) {
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    await clock.advance(20)
  }
}

test('250 races with a writer that truncates in place: the old or the new login, whole, and the new one at the end', async () => {
  const machine = { ...quick, clock: { ...systemClock, sleep: (ms: number) => systemClock.sleep(ms / 2) } }
  const generationOf = async () => {
    const reading = await readCodex(machine)
    if (reading.state !== 'live') throw new Error(`read ${reading.state}`)
    return Number(/^rt_FAKE_(\d+)$/.exec(reading.tokens.refreshToken!.reveal())![1])
  }
  const write = async (generation: number) => {
    const text = codexFile(generation)
    const handle = await open(codexPath(), 'w', 0o600)
    const cut = (generation * 37) % text.length
    await handle.write(text.slice(0, cut))
    if (generation % 3 === 0) await systemClock.sleep(3)
    await handle.write(text.slice(cut))
    await handle.close()
  }
  await write(0)
  for (let generation = 1; generation <= 250; generation++) {
    const [seen, alsoSeen] = await Promise.all([generationOf(), generationOf(), write(generation)])
    expect([generation - 1, generation]).toContain(seen)
    expect([generation - 1, generation]).toContain(alsoSeen)
    expect(await generationOf()).toBe(generation)
  }
})

test('a writer that replaces by rename is never seen half done', async () => {
  await put(claudeFile(), CLAUDE)
  let isDone = false
  const writer = (async () => {
    for (let turn = 0; turn < 100; turn++) {
      await put(`${claudeFile()}.tmp.${turn}`, CLAUDE)
      await rename(`${claudeFile()}.tmp.${turn}`, claudeFile())
    }
    isDone = true
  })()
  while (!isDone) expect((await readClaude({ ...quick, clock: new FakeClock() })).state).toBe('live')
  await writer
})

test('any bytes at all are read without a throw', async () => {
  const texts = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
  )
  await fc.assert(
    fc.asyncProperty(texts, fc.nat(CLAUDE.length), fc.boolean(), async (rubbish, at, isClaude) => {
      const whole = Buffer.from(isClaude ? CLAUDE : codexFile(1))
      const path = isClaude ? claudeFile() : codexPath()
      await writeFile(path, Buffer.concat([whole.subarray(0, at), rubbish, whole.subarray(at)]), { mode: 0o600 })
      const reading = await (isClaude ? readClaude() : readCodex())
      expect(['live', 'torn', 'blanked', 'api_key']).toContain(reading.state)
    }),
    { numRuns: 150 },
  )
})

test('whose file it is, by name, else by content', async () => {
  await put(join(directory, 'a.json'), CLAUDE)
  await put(join(directory, 'b.json'), codexFile(1))
  await put(join(directory, 'c.json'), '{"openai":{}}')
  expect(await recognizeCli(join(directory, 'a.json'), quick)).toBe('claude')
  expect(await recognizeCli(join(directory, 'b.json'), quick)).toBe('codex')
  expect(await recognizeCli(join(directory, 'c.json'), quick)).toBeNull()
  expect(await recognizeCli(join(directory, 'gone', 'auth.json'), quick)).toBe('codex')
  expect(await recognizeCli(join(directory, 'gone.json'), quick)).toBeNull()
})

test('a text that is at hand is judged as its file would be', () => {
  const text = new Secret(CLAUDE)
  const place = placeAt('claude', 'claude', '/any/.credentials.json')
  expect(judgeCredentials(place, text, 7)).toMatchObject({ state: 'live', modifiedAt: 7 })
  expect(judgeCredentials(placeAt('codex', 'codex', '/any/auth.json'), new Secret('{'), 7)).toEqual({
    state: 'torn',
    modifiedAt: 7,
  })
})
