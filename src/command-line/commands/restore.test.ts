/** `tokendeck export` and `restore` as a shell runs them, on two machines: a login lives on one of them, or on none. */

import { Database } from 'bun:sqlite'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { takeDatabaseLock } from '../../db/database-lock.ts'

const PASSPHRASE = 'correct horse battery'
const ACCOUNTS = 3
let directory: string
let file: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-restore-command-'))
  file = join(directory, 'deck.export')
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** A machine: its home, its key file, its programs. */
function machine(name: string) {
  const home = join(directory, name, 'home')
  const keyFile = join(directory, name, 'config', 'key')
  const run = async (script: string, args: string[], input = '') => {
    const child = Bun.spawn([process.execPath, '--no-env-file', script, ...args], {
      env: {
        PATH: process.env.PATH,
        // Not below the machine: the runtime keeps a cache there.
        HOME: join(directory, 'user'),
        TOKENDECK_HOME: home,
        TOKENDECK_KEY_FILE: keyFile,
        TOKENDECK_KEY_SOURCE: 'file',
      },
      stdin: new Blob([input]),
      stdout: 'pipe',
      stderr: 'pipe',
    })
    const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
    expect(out + err).not.toContain(PASSPHRASE)
    return { out, err, code: await child.exited }
  }
  const tokendeck = (args: string[], input = `${PASSPHRASE}\n`) => run('src/command-line/main.ts', args, input)
  /** Runs the dashboard until the result is called. */
  const serve = async () => {
    const child = Bun.spawn([process.execPath, '--no-env-file', 'src/main.ts'], {
      env: {
        PATH: process.env.PATH,
        HOME: join(directory, 'user'),
        TOKENDECK_HOME: home,
        TOKENDECK_KEY_FILE: keyFile,
        TOKENDECK_KEY_SOURCE: 'file',
        TOKENDECK_PORT: '0',
        TOKENDECK_NO_OPEN: '1',
      },
      stdout: 'pipe',
      stderr: 'ignore',
    })
    let said = ''
    const decoder = new TextDecoder()
    for await (const chunk of child.stdout.values({ preventCancel: true })) {
      said += decoder.decode(chunk)
      if (said.includes('#t=')) break
    }
    return async () => {
      child.kill('SIGTERM')
      await child.exited
    }
  }
  return {
    ...{ home, keyFile, tokendeck, serve },
    path: join(home, 'tokendeck.db'),
    fill: () => run('src/testing/rotation-program.ts', ['fill', String(ACCOUNTS)]),
    /** What opens with the machine's key, after a start. */
    async readable() {
      const { out, err } = await run('src/testing/rotation-program.ts', ['look'])
      expect(err).toBe('')
      return JSON.parse(/^read (.*)$/m.exec(out)![1]!) as { envelopes: number; readable: number }
    },
    rows<T>(sql: string): T[] {
      const database = new Database(join(home, 'tokendeck.db'), { readonly: true })
      try {
        return database.query(sql).all() as T[]
      } finally {
        database.close()
      }
    },
    hash() {
      const hash = createHash('sha256')
      const root = join(directory, name)
      if (!existsSync(root)) return 'nothing'
      for (const entry of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
        if (entry.endsWith('-lock')) continue
        hash.update(entry)
        if (statSync(join(root, entry)).isFile()) hash.update(readFileSync(join(root, entry)))
      }
      return hash.digest('hex')
    },
  }
}

interface GrantFacts {
  custody: string
  refusal_code: string | null
  access_token_sealed: string
  suspect_at: number | null
}

const GRANTS = 'select custody, refusal_code, access_token_sealed, suspect_at from grants'

test('what cannot be restored changes nothing: no choice, no move, another passphrase, damage, a database in use', async () => {
  const [desk, laptop] = [machine('desk'), machine('laptop')]
  await desk.fill()
  await laptop.fill()
  expect((await desk.tokendeck(['export', file])).code).toBe(0)
  const before = laptop.hash()

  const undecided = await laptop.tokendeck(['restore', file], '')
  expect(undecided).toMatchObject({ code: 2, err: expect.stringContaining('another machine') })
  for (const way of ['--move', '--sign-in-again']) expect(undecided.err).toContain(way)
  const unmoved = await laptop.tokendeck(['restore', file, '--move'])
  expect(unmoved).toMatchObject({ code: 1, err: expect.stringContaining('made without `--move`') })
  const mistaken = await laptop.tokendeck(['restore', file, '--sign-in-again'], 'another passphrase\n')
  expect(mistaken).toMatchObject({ code: 1, err: expect.stringContaining('The passphrase does not open this export.') })
  const bytes = readFileSync(file)
  bytes[bytes.length >> 1]! ^= 1
  writeFileSync(join(directory, 'damaged'), bytes)
  const damaged = await laptop.tokendeck(['restore', join(directory, 'damaged'), '--sign-in-again'])
  expect(damaged).toMatchObject({ code: 1, err: expect.stringContaining('damaged') })
  const release = takeDatabaseLock(laptop.path)!
  const busy = await laptop.tokendeck(['restore', file, '--sign-in-again'])
  release()
  expect(busy).toMatchObject({ code: 75, err: expect.stringContaining('Nothing was changed.') })

  expect(laptop.hash()).toBe(before)
}, 60_000)

test('an export is never written over another file, needs a passphrase worth the name, and is its owner’s alone', async () => {
  const desk = machine('desk')
  await desk.fill()
  expect(await desk.tokendeck(['export', file], 'short\n')).toMatchObject({ code: 1, out: '' })
  expect(existsSync(file)).toBe(false)
  expect((await desk.tokendeck(['export', file])).code).toBe(0)
  const before = readFileSync(file)
  const again = await desk.tokendeck(['export', file, '--move'])
  expect(again).toMatchObject({ code: 1, err: expect.stringContaining('is there already') })
  expect(readFileSync(file)).toEqual(before)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(desk.home, 'backups'))).toEqual([])
  // A sign-out later can say that this file holds a copy.
  const copies = desk.rows<{ place: string; fits: number }>(
    `select place, refresh_token_fingerprint = (select refresh_token_fingerprint from grants
      where account_id = grant_copies.account_id) as fits from grant_copies where kind = 'export'`,
  )
  expect(copies).toEqual(Array.from({ length: ACCOUNTS }, () => ({ place: file, fits: 1 })))
  expect(desk.rows<GrantFacts>(GRANTS).every(({ custody }) => custody === 'dashboard')).toBe(true)
}, 60_000)

test('beside a running dashboard an export is made by it, and a move and a restore say who has to stop', async () => {
  const [desk, laptop] = [machine('desk'), machine('laptop')]
  await desk.fill()
  const stop = await desk.serve()
  try {
    for (const [args, why] of [
      [['export', file, '--move'], 'it uses the logins that are given up'],
      [['restore', file], 'Stop it, then try again'],
    ] as const)
      expect(await desk.tokendeck([...args])).toMatchObject({ code: 75, err: expect.stringContaining(why) })
    expect(await desk.tokendeck(['export', file], 'short\n')).toMatchObject({ code: 1, out: '' })
    expect(existsSync(file)).toBe(false)
    const made = await desk.tokendeck(['export', file])
    expect(made).toMatchObject({ code: 0, out: `${file}\n`, err: expect.stringContaining('The logins go on here.') })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(await desk.tokendeck(['export', file])).toMatchObject({
      code: 1,
      err: expect.stringContaining('is there already'),
    })
    expect(readdirSync(join(desk.home, 'backups'))).toEqual([])
  } finally {
    await stop()
  }
  expect(desk.rows<{ place: string }>(`select place from grant_copies where kind = 'export'`)).toHaveLength(ACCOUNTS)
  const restored = await laptop.tokendeck(['restore', file, '--source-is-gone'])
  expect(restored.code).toBe(0)
  const { envelopes, readable } = await laptop.readable()
  expect(readable).toBe(envelopes)
}, 60_000)

test('a move leaves nothing to refresh where it came from, and everything where it went', async () => {
  const [desk, laptop] = [machine('desk'), machine('laptop')]
  await desk.fill()
  writeFileSync(join(desk.home, 'config.toml'), '# mine\n')
  const moved = await desk.tokendeck(['export', file, '--move'])
  expect(moved).toMatchObject({ code: 0, err: expect.stringContaining('3 logins were given up here.') })
  for (const grant of desk.rows<GrantFacts>(GRANTS))
    expect(grant).toMatchObject({ custody: 'none', refusal_code: 'moved_away', access_token_sealed: '' })

  const restored = await laptop.tokendeck(['restore', file, '--move'])

  expect(restored).toMatchObject({ code: 0, err: expect.stringContaining('The logins are used here from now on.') })
  for (const grant of laptop.rows<GrantFacts>(GRANTS))
    expect(grant).toMatchObject({ custody: 'dashboard', refusal_code: null, suspect_at: null })
  expect(readFileSync(join(laptop.home, 'config.toml'), 'utf8')).toBe('# mine\n')
  const { envelopes, readable } = await laptop.readable()
  expect(readable).toBe(envelopes)
  // Tokens and answers of every account, and the head of the history. Sign-ins under way and sign-outs stay behind.
  expect(envelopes).toBe(ACCOUNTS * 7 + 1)
  expect((await laptop.tokendeck(['accounts'])).code).toBe(0)
}, 60_000)

test('moved away and back again: what the machine remembers of its own database casts no suspicion on the one that came', async () => {
  const [desk, laptop] = [machine('desk'), machine('laptop')]
  await desk.fill()
  expect((await desk.tokendeck(['accounts'])).code).toBe(0)
  await desk.tokendeck(['export', file, '--move'])
  expect((await desk.tokendeck(['accounts'])).code).toBe(0)
  await laptop.tokendeck(['restore', file, '--move'])
  expect((await laptop.tokendeck(['accounts'])).code).toBe(0)
  const back = join(directory, 'back.export')
  expect((await laptop.tokendeck(['export', back, '--move'])).code).toBe(0)

  expect((await desk.tokendeck(['restore', back, '--move'])).code).toBe(0)

  expect((await desk.tokendeck(['accounts'])).code).toBe(0)
  for (const grant of desk.rows<GrantFacts>(GRANTS))
    expect(grant).toMatchObject({ custody: 'dashboard', suspect_at: null })
}, 60_000)

test('without the logins: accounts and history come along, and no token does', async () => {
  const [desk, laptop] = [machine('desk'), machine('laptop')]
  await desk.fill()
  await desk.tokendeck(['export', file])
  const restored = await laptop.tokendeck(['restore', file, '--sign-in-again'])
  expect(restored).toMatchObject({ code: 0, err: expect.stringContaining('Sign in to each account again') })
  const grants = laptop.rows<GrantFacts>(GRANTS)
  expect(grants).toHaveLength(ACCOUNTS)
  for (const grant of grants) expect(grant).toMatchObject({ refusal_code: 'not_restored', access_token_sealed: '' })
  const { envelopes, readable } = await laptop.readable()
  // The head of the history, and for each account a kept API key and a channel with its key: none of them is a login.
  expect([envelopes, readable]).toEqual([1 + 3 * ACCOUNTS, 1 + 3 * ACCOUNTS])
  expect(desk.rows<GrantFacts>(GRANTS).every(({ custody }) => custody === 'dashboard')).toBe(true)
  const status = await laptop.tokendeck(['status', 'acc_0'])
  expect(status.out).toContain('without its login')
}, 60_000)

test('an old export of the same machine: all logins are suspects, and what was here can be had back', async () => {
  const desk = machine('desk')
  await desk.fill()
  const made = JSON.parse((await desk.tokendeck(['export', file, '--json'])).out)
  expect(made).toMatchObject({ file, bytes: statSync(file).size, moved: null })
  const rotated = JSON.parse((await desk.tokendeck(['key', 'rotate', '--json'])).out)
  expect(rotated).toMatchObject({ from: made.key_id, left: 0, is_resumed: false })
  const keyBefore = readFileSync(desk.keyFile, 'utf8')

  const restored = await desk.tokendeck(['restore', file, '--json'])

  expect(restored).toMatchObject({ code: 0, err: expect.stringContaining('3 of them may have been refreshed') })
  expect(JSON.parse(restored.out)).toMatchObject({ key_id: made.key_id, logins: 'same', suspects: ACCOUNTS })
  for (const grant of desk.rows<GrantFacts>(GRANTS)) expect(grant.suspect_at).toBeGreaterThan(0)
  const { envelopes, readable } = await desk.readable()
  expect(readable).toBe(envelopes)
  // The database that was here, and its key.
  const backup = /The database that was here: (.*)/.exec(restored.err)![1]!
  const keyId = keyBefore.split('.')[1]!
  expect(readFileSync(`${desk.keyFile}.${keyId}`, 'utf8')).toBe(keyBefore)
  rmSync(desk.path)
  rmSync(`${desk.path}-wal`, { force: true })
  writeFileSync(desk.path, readFileSync(backup), { mode: 0o600 })
  const earlier = await desk.readable()
  expect(earlier.readable).toBe(earlier.envelopes)
}, 60_000)

test('a damaged database is copied away as it lies, and the export takes its place', async () => {
  const desk = machine('desk')
  await desk.fill()
  await desk.tokendeck(['export', file])
  writeFileSync(desk.path, 'not a database any more')
  const restored = await desk.tokendeck(['restore', file])
  expect(restored.code).toBe(0)
  const backup = /The database that was here: (.*)/.exec(restored.err)![1]!
  expect(readFileSync(backup, 'utf8')).toBe('not a database any more')
  const { envelopes, readable } = await desk.readable()
  expect(readable).toBe(envelopes)
}, 60_000)

test('where the other machine is gone for good, its logins are taken over with care', async () => {
  const [desk, laptop] = [machine('desk'), machine('laptop')]
  await desk.fill()
  await desk.tokendeck(['export', file])
  mkdirSync(laptop.home, { recursive: true })
  expect(await laptop.tokendeck(['restore', file, '--source-is-gone'])).toMatchObject({ code: 0 })
  for (const grant of laptop.rows<GrantFacts>(GRANTS)) {
    expect(grant).toMatchObject({ custody: 'dashboard', refusal_code: null })
    expect(grant.suspect_at).toBeGreaterThan(0)
  }
}, 60_000)
