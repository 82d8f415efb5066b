import { Database as BunDatabase } from 'bun:sqlite'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DatabaseRefusal, type OpenDatabaseOptions, openDatabase } from './client.ts'
import { openFileClient } from './database-client.ts'
import { readMeta, writeMeta, writeMetaOnce } from './meta-store.ts'

const CLIENT = join(import.meta.dirname, 'client.ts')
let directory: string
let path: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-db-'))
  path = join(directory, 'data', 'tokendeck.db')
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

const open = (options: Partial<OpenDatabaseOptions> = {}) => openDatabase({ url: `file:${path}`, ...options })

/** A database with rows, copied from one that was closed: this process has never opened the file at `path`. */
async function makeDatabase(): Promise<void> {
  const template = join(directory, 'template.db')
  if (!existsSync(template)) {
    const { database, close } = await openDatabase({ url: `file:${template}` })
    for (let index = 0; index < 50; index++) await writeMeta(database, `name ${index}`, 'ü'.repeat(200))
    await close()
  }
  mkdirSync(dirname(path), { recursive: true })
  copyFileSync(template, path)
}

async function refusal(options: Partial<OpenDatabaseOptions> = {}): Promise<DatabaseRefusal> {
  const error = await open(options).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(DatabaseRefusal)
  return error as DatabaseRefusal
}

const hashOf = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')

/** Runs a script in a process of its own: some of what is tried here ends a process. */
function startChild(script: string) {
  return Bun.spawn([process.execPath, '-e', script], { stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' })
}

/** Waits until a child has printed its next words, which must be these. */
async function said(child: ReturnType<typeof startChild>, words: string): Promise<void> {
  const reader = child.stdout.getReader()
  const { value } = await reader.read()
  expect(new TextDecoder().decode(value).trim(), value ? '' : await new Response(child.stderr).text()).toBe(words)
  reader.releaseLock()
}

function withSqlite(statements: string[]): void {
  const database = new BunDatabase(path)
  for (const statement of statements) database.run(statement)
  database.close(true)
}

test.each<[string, string, () => void]>([
  ['text', 'not_a_database', () => writeFileSync(path, 'hello\n'.repeat(1000))],
  ['nothing', 'corrupt', () => truncateSync(path, 0)],
  ['half a page less', 'corrupt', () => truncateSync(path, statSync(path).size - 2048)],
  ['half of its pages', 'corrupt', () => truncateSync(path, Math.floor(statSync(path).size / 8192) * 4096)],
  ['a text that is not UTF-8', 'corrupt', () => withSqlite(["update meta set value = cast(x'c3' as text)"])],
  ['tables of another program', 'not_ours', () => withSqlite(['drop table __drizzle_migrations'])],
  [
    'tables of a newer version',
    'newer_schema',
    () => withSqlite(["insert into __drizzle_migrations (hash, created_at) values ('x', 9999999999999)"]),
  ],
])('a file with %s is refused as %s and stays as it is', async (_, code, damage) => {
  await makeDatabase()
  damage()
  const before = hashOf(path)
  const error = await refusal()
  expect(error.code).toBe(code)
  expect(error.exitCode).toBe(78)
  expect(error.message).toContain(path)
  expect(error.message).not.toContain('\n')
  expect(hashOf(path)).toBe(before)
})

test('a page that a power cut left half written at the end is mended from the log of writes', async () => {
  await makeDatabase()
  const { database, close } = await open()
  for (let index = 0; index < 50; index++) await writeMeta(database, `later ${index}`, 'ü'.repeat(200))
  // As the disk would hold it if the power were cut while the log is brought in.
  const image = join(directory, 'image.db')
  for (const suffix of ['', '-wal']) copyFileSync(`${path}${suffix}`, `${image}${suffix}`)
  await close()
  writeFileSync(image, new Uint8Array(1_536), { flag: 'a' })
  const found = await open({ url: `file:${image}` })
  expect(await readMeta(found.database, 'later 49')).toBe('ü'.repeat(200))
  await found.close()
})

test('a write-ahead log without its database is refused: a new database would destroy it', async () => {
  await makeDatabase()
  rmSync(path)
  writeFileSync(`${path}-wal`, 'what is left')
  expect((await refusal()).code).toBe('corrupt')
  expect(readFileSync(`${path}-wal`, 'utf8')).toBe('what is left')
})

test('bytes flipped anywhere never end the process and never come out as a text', async () => {
  await makeDatabase()
  const child = startChild(`
    const { copyFileSync, readFileSync, rmSync, writeFileSync } = await import('node:fs')
    const { openDatabase } = await import(${JSON.stringify(CLIENT)})
    const { readMeta } = await import(${JSON.stringify(join(dirname(CLIENT), 'meta-store.ts'))})
    const whole = readFileSync(${JSON.stringify(path)})
    let refused = 0, opened = 0, state = 7
    const chance = (below) => (state = (state * 1103515245 + 12345) % 2147483648) % below
    for (let round = 0; round < 150; round++) {
      const path = ${JSON.stringify(join(directory, 'flipped'))} + round + '.db'
      const bytes = Buffer.from(whole)
      for (let flips = 0; flips < 1 + (round % 24); flips++) bytes[chance(bytes.length)] ^= 1 + chance(255)
      writeFileSync(path, bytes)
      try {
        const { database, close } = await openDatabase({ url: 'file:' + path })
        for (let index = 0; index < 50; index++) await readMeta(database, 'name ' + index)
        await close()
        opened++
      } catch (error) {
        if (error.name !== 'DatabaseRefusal') throw error
        refused++
      }
      rmSync(path, { force: true })
    }
    console.log(JSON.stringify({ refused, opened }))
  `)
  expect(await child.exited, await new Response(child.stderr).text()).toBe(0)
  const { refused, opened } = JSON.parse(await new Response(child.stdout).text())
  expect(refused + opened).toBe(150)
  expect(refused).toBeGreaterThan(75)
})

test('a second process is refused as busy, may wait, and gets in after kill -9', async () => {
  await makeDatabase()
  const child = startChild(`
    const { openDatabase } = await import(${JSON.stringify(CLIENT)})
    await openDatabase({ url: ${JSON.stringify(`file:${path}`)} })
    console.log('open')
    setInterval(() => {}, 1000)
  `)
  await said(child, 'open')
  const error = await refusal()
  expect(error).toMatchObject({ code: 'busy', exitCode: 75 })
  const waiting = open({ waitMs: 10_000 })
  child.kill('SIGKILL')
  const { database, close } = await waiting
  expect(await readMeta(database, 'name 0')).toHaveLength(200)
  await close()
})

test('a directory that cannot be written is refused', async () => {
  await makeDatabase()
  rmSync(dirname(path), { recursive: true })
  writeFileSync(dirname(path), 'a file where the directory should be')
  expect((await refusal()).exitCode).toBe(78)
})

test('an address that cannot be reached is refused without its credentials', async () => {
  const error = await refusal({ url: 'http://ada:FAKE-password@127.0.0.1:9/?authToken=FAKE-token' })
  expect(error).toMatchObject({ code: 'unreachable', exitCode: 75 })
  expect(Bun.inspect(error)).not.toContain('FAKE')
})

test('the file is for its owner alone, whole after a close, and keeps nothing that was deleted', async () => {
  const { database, close } = await open()
  await writeMeta(database, 'kept', 'kept-CANARY')
  await writeMeta(database, 'gone', 'gone-CANARY'.repeat(400))
  await database.run(sql`delete from meta where name = 'gone'`)
  await close()
  await close()
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const bytes = readFileSync(path, 'latin1')
  expect(bytes).toContain('kept-CANARY')
  expect(bytes).not.toContain('gone-CANARY')
  expect(existsSync(`${path}-wal`) && statSync(`${path}-wal`).size).toBeFalsy()
})

test('a connection that was replaced has its settings and its lock again', async () => {
  await makeDatabase()
  const client = await openFileClient(path)
  await client.reconnect()
  const setting = async (name: string) => (await client.execute(`PRAGMA ${name}`)).rows[0]![0]
  expect(await setting('synchronous')).toBe(2)
  expect(await setting('secure_delete')).toBe(1)
  expect(await setting('journal_mode')).toBe('wal')
  expect(await setting('locking_mode')).toBe('exclusive')
  client.close()
})

test('whoever asks many things in a row lets others have their turn', async () => {
  await makeDatabase()
  const client = await openFileClient(path)
  let turns = 0
  const timer = setInterval(() => turns++, 0)
  const endsAt = performance.now() + 100
  while (performance.now() < endsAt) await client.execute('select 1')
  clearInterval(timer)
  expect(turns).toBeGreaterThan(1)
  client.close()
})

test('what is kept once stays, and an open transaction is refused', async () => {
  const { database, close } = await openDatabase({ url: ':memory:' })
  expect(await writeMetaOnce(database, 'a', 'first')).toBe('first')
  expect(await writeMetaOnce(database, 'a', 'second')).toBe('first')
  await close()
  const file = await open()
  await expect(file.database.transaction(async () => {})).rejects.toThrow('batches')
  await file.close()
})

/** The shipped migrations and one more that takes a while. */
function newerMigrations(): string {
  const folder = join(directory, 'migrations')
  cpSync(join(import.meta.dirname, 'migrations'), folder, { recursive: true })
  const journalPath = join(folder, 'meta', '_journal.json')
  const journal = JSON.parse(readFileSync(journalPath, 'utf8'))
  const last = journal.entries.at(-1)
  journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1, tag: 'next' })
  writeFileSync(journalPath, JSON.stringify(journal))
  const statements = Array.from(
    { length: 40 },
    (_, index) => `create table added_${index} as select randomblob(2000) from meta limit 50`,
  )
  writeFileSync(join(folder, 'next.sql'), statements.join('\n--> statement-breakpoint\n'))
  return folder
}

test('kill -9 anywhere in a migration leaves the old tables or the new ones, and the next start finishes', {
  timeout: 90_000,
}, async () => {
  const migrationsFolder = newerMigrations()
  const backupsDirectory = join(directory, 'backups')
  const cuts = 20
  const states = new Set<string>()
  let wholeMs = 0
  /** A process that waits for a word to migrate a database of its own. */
  const prepare = async (cut: number) => {
    path = join(directory, `cut-${cut}`, 'tokendeck.db')
    await makeDatabase()
    const child = startChild(`
      const { openDatabase } = await import(${JSON.stringify(CLIENT)})
      await import('drizzle-orm/libsql/migrator')
      console.log('ready')
      await Bun.stdin.stream().getReader().read()
      await openDatabase(${JSON.stringify({ url: `file:${path}`, migrationsFolder, backupsDirectory })})
      console.log('done')
      setInterval(() => {}, 1000)
    `)
    return { path, child }
  }
  // The next one starts while this one is looked at: starting is most of the work.
  const next = [await prepare(cuts)]
  for (let cut = cuts; cut >= 0; cut--) {
    const { child, path: own } = next.shift()!
    if (cut > 0) next.push(await prepare(cut - 1))
    path = own
    await said(child, 'ready')
    child.stdin.write('go\n')
    await child.stdin.flush()
    const begun = performance.now()
    // The first one is cut after its end, and says how long the others have.
    if (cut === cuts) await said(child, 'done')
    else await new Promise((resolve) => setTimeout(resolve, (wholeMs * cut) / cuts))
    wholeMs ||= performance.now() - begun
    child.kill('SIGKILL')
    await child.exited

    const database = new BunDatabase(path)
    const { added } = database.query("select count(*) as added from sqlite_master where name like 'added_%'").get() as {
      added: number
    }
    const { applied } = database.query('select count(*) as applied from __drizzle_migrations').get() as {
      applied: number
    }
    database.close(true)
    states.add(`${added} tables, ${applied} migrations`)

    const { database: again, close } = await open({ migrationsFolder, backupsDirectory })
    expect(await readMeta(again, 'name 49')).toHaveLength(200)
    await close()
  }
  const first = JSON.parse(readFileSync(join(migrationsFolder, 'meta', '_journal.json'), 'utf8')).entries.length
  const allowed = [`0 tables, ${first - 1} migrations`, `40 tables, ${first} migrations`]
  expect([...states].sort()).toEqual(allowed)
})

test('a database is copied away before it is migrated, and a migration that fails leaves it as it was', async () => {
  await makeDatabase()
  const migrationsFolder = newerMigrations()
  const backupsDirectory = join(directory, 'backups')
  const fine = readFileSync(join(migrationsFolder, 'next.sql'), 'utf8')
  writeFileSync(join(migrationsFolder, 'next.sql'), `${fine}\n--> statement-breakpoint\ncreate table meta (a)`)
  expect((await refusal({ migrationsFolder, backupsDirectory })).code).toBe('migration_failed')
  const old = await open()
  await old.close()

  writeFileSync(join(migrationsFolder, 'next.sql'), fine)
  const { close } = await open({ migrationsFolder, backupsDirectory })
  await close()
  const [name, ...others] = readdirSync(backupsDirectory)
  expect(others).toEqual([])
  const copy = join(backupsDirectory, name!)
  expect(statSync(copy).mode & 0o777).toBe(0o600)
  expect((await refusal()).code).toBe('newer_schema')
  const { database, close: closeCopy } = await openDatabase({ url: `file:${copy}` })
  expect(await readMeta(database, 'name 7')).toHaveLength(200)
  await closeCopy()
})
