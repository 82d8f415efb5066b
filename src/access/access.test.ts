import { createHmac } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { OpenedDatabase } from '../db/client.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../lib/clock.ts'
import type { Secret } from '../lib/secret.ts'
import { proofHolds } from '../lib/server-proof.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { fakeRandom } from '../testing/fake-random.ts'
import { openTestDatabase } from '../testing/test-database.ts'
import { type Access, createAccess } from './access.ts'
import { ApiTokenRefusal, ensureApiToken } from './api-token.ts'
import { csrfTokenMatches } from './sessions.ts'
import { signInUrl } from './sign-in-links.ts'

let home: string
let opened: OpenedDatabase
let clock: FakeClock
let access: Access

const fingerprint = (secret: Secret) => createHmac('sha256', 'key').update(secret.reveal()).digest('hex').slice(0, 32)
const open = (seed = 1) =>
  createAccess({
    database: opened.database,
    clock,
    random: fakeRandom(seed),
    fingerprint,
    apiTokenPath: join(home, 'api-token'),
  })
const token = async () => (await readFile(join(home, 'api-token'), 'utf8')).trim()

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tokendeck-access-'))
  opened = await openTestDatabase()
  clock = new FakeClock()
  access = await open()
})
afterEach(() => opened.close())

test('the API token is 256 bits in a file for its owner only, and stays the same', async () => {
  const first = await token()
  expect(Buffer.from(first, 'base64url')).toHaveLength(32)
  expect((await stat(join(home, 'api-token'))).mode & 0o777).toBe(0o600)
  const again = await open(2)
  expect(await token()).toBe(first)
  expect(again.apiTokenMatches(first)).toBe(true)
  expect([first.slice(1), `${first}x`, '', first.toLowerCase()].map(again.apiTokenMatches)).toEqual(
    Array(4).fill(false),
  )
})

test('a token file that others can read is closed; links, directories and other contents are refused', async () => {
  await chmod(join(home, 'api-token'), 0o644)
  await open()
  expect((await stat(join(home, 'api-token'))).mode & 0o777).toBe(0o600)

  await symlink(join(home, 'api-token'), join(home, 'link'))
  await mkdir(join(home, 'directory'))
  await writeFile(join(home, 'empty'), '', { mode: 0o600 })
  await writeFile(join(home, 'sample'), 'changeme\n', { mode: 0o600 })
  for (const name of ['link', 'directory', 'empty', 'sample']) {
    await expect(ensureApiToken(join(home, name), fakeRandom(3)), name).rejects.toBeInstanceOf(ApiTokenRefusal)
  }
})

test('two first starts at once agree on one token', async () => {
  const path = join(home, 'both')
  const tokens = await Promise.all([ensureApiToken(path, fakeRandom(4)), ensureApiToken(path, fakeRandom(5))])
  const kept = (await readFile(path, 'utf8')).trim()
  expect(tokens.every((made) => made.equals(kept))).toBe(true)
  expect((await readdir(home)).filter((name) => name.startsWith('both'))).toEqual(['both'])
})

test('a link is worth one session, once, within ten minutes', async () => {
  const { secret } = access.createLink()
  expect(await access.redeemLink(`${secret}x`, null)).toBeNull()
  expect(await access.redeemLink(secret, 'Browser')).not.toBeNull()
  expect(await access.redeemLink(secret, 'Browser')).toBeNull()

  const late = access.createLink()
  await clock.advance(10 * MINUTE_MS - 1)
  const justInTime = access.createLink()
  await clock.advance(1)
  expect(await access.redeemLink(late.secret, null)).toBeNull()
  expect(await access.redeemLink(justInTime.secret, null)).not.toBeNull()
})

test('the address of a link keeps its secret in the fragment', () => {
  const url = new URL(signInUrl(4747, 'FAKE-SECRET'))
  expect(url.pathname + url.search).not.toContain('FAKE-SECRET')
  expect(url.hash).toBe('#t=FAKE-SECRET')
})

test('a session is found by its cookie alone, and the database never holds the cookie', async () => {
  const signedIn = await access.signInWithToken(await token(), 'Browser\r\n1')
  const cookie = signedIn!.cookieValue.reveal()
  expect(Buffer.from(cookie, 'base64url')).toHaveLength(32)
  const found = await access.findSession(cookie)
  expect(found).toEqual(signedIn!.session)
  expect(found!.userAgent).toBe('Browser 1')
  expect(await access.findSession(found!.id)).toBeNull()
  expect(await access.findSession('')).toBeNull()
  expect(JSON.stringify(await access.listSessions())).not.toContain(cookie)
  expect(JSON.stringify(await access.listSessions())).not.toContain(found!.csrfToken)
})

test('wrong tokens give no session, and after ten in a minute the next has to wait', async () => {
  for (let failure = 0; failure < 10; failure++) {
    expect(access.maySignIn()).toBe(true)
    expect(await access.signInWithToken('wrong', null)).toBeNull()
  }
  expect(access.maySignIn()).toBe(false)
  await clock.advance(MINUTE_MS)
  expect(access.maySignIn()).toBe(true)
})

test('a session outlives a restart with its CSRF token, and each session has its own', async () => {
  const one = (await access.redeemLink(access.createLink().secret, null))!
  const other = (await access.redeemLink(access.createLink().secret, null))!
  const restarted = await open(9)
  const found = (await restarted.findSession(one.cookieValue.reveal()))!
  expect(csrfTokenMatches(found, one.session.csrfToken)).toBe(true)
  expect(csrfTokenMatches(found, other.session.csrfToken)).toBe(false)
  expect(csrfTokenMatches(found, undefined)).toBe(false)
  expect(csrfTokenMatches(found, '')).toBe(false)
})

test('a session ends after twelve idle hours, after thirty days, and when it is ended', async () => {
  const begin = async () => (await access.redeemLink(access.createLink().secret, null))!.cookieValue.reveal()

  const idle = await begin()
  await clock.advance(12 * HOUR_MS - 1)
  expect(await access.findSession(idle)).not.toBeNull()
  await clock.advance(12 * HOUR_MS)
  expect(await access.findSession(idle)).toBeNull()

  const busy = await begin()
  for (let at = 0; at < 30 * DAY_MS - HOUR_MS; at += 11 * HOUR_MS) {
    expect(await access.findSession(busy)).not.toBeNull()
    await clock.advance(11 * HOUR_MS)
  }
  expect(await access.findSession(busy)).toBeNull()

  const ended = await begin()
  await access.endSession((await access.findSession(ended))!.id)
  expect(await access.findSession(ended)).toBeNull()
  expect(await access.listSessions()).toEqual([])
})

test('the server proves itself with the key that it writes into its file', () => {
  expect(proofHolds(access.proofKey, 'challenge', 4747, access.serverProof('challenge', 4747))).toBe(true)
})
