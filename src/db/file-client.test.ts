/** The client of a local file: what it says must be what the library's own would say, and nothing stale is kept. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@libsql/client/sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createFileClient } from './file-client.ts'

let directory: string
let client: Client
let other: Client

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-client-'))
  client = createFileClient(join(directory, 'ours.db'))
  other = createClient({ url: `file:${join(directory, 'theirs.db')}`, concurrency: 1 })
})

afterEach(() => {
  client.close()
  other.close()
  rmSync(directory, { recursive: true, force: true })
})

const STATEMENTS: (string | { sql: string; args: unknown })[] = [
  'create table deck (id integer primary key, name text unique, weight real, seal blob, at integer)',
  { sql: 'insert into deck values (?, ?, ?, ?, ?)', args: [1, 'one', 1.5, new Uint8Array([1, 2]).buffer, true] },
  {
    sql: 'insert into deck values (:id, $name, @weight, null, :at)',
    args: { id: 2, $name: 'ü', weight: 2, ':at': 1_763_812_800_123 },
  },
  'select * from deck order by id',
  'select id, name, id, 7 as id, count(*) over () as number from deck',
  { sql: 'update deck set weight = weight + 1 where id = ? returning id, weight', args: [2] },
  { sql: 'select id from deck where id = ?', args: [99] },
  { sql: 'update deck set name = name where id > ?', args: [0] },
  'delete from deck where id = 1',
  'select 1',
]

test('every answer is that of the library itself', async () => {
  for (const statement of STATEMENTS) {
    const ours = await client.execute(statement as string)
    const theirs = await other.execute(statement as string)
    expect(ours.toJSON()).toEqual(theirs.toJSON())
    expect(ours.rows.map((row) => ({ ...row }))).toEqual(theirs.rows.map((row) => ({ ...row })))
    expect(ours.rows.map((row) => Object.keys(row))).toEqual(theirs.rows.map((row) => Object.keys(row)))
    expect(ours.rows.map((row) => [row.length, row[0], row[1]])).toEqual(
      theirs.rows.map((row) => [row.length, row[0], row[1]]),
    )
  }
})

test.each<[string, string | { sql: string; args: unknown[] }]>([
  ['a broken rule', "insert into deck (id, name) values (3, 'one')"],
  ['no such table', 'select * from nothing'],
  ['not SQL', 'selec'],
  ['not a number', { sql: 'select ?', args: [Number.NaN] }],
  ['nothing at all', { sql: 'select ?', args: [undefined] }],
])('%s is the same error', async (_, statement) => {
  const errors = []
  for (const each of [client, other]) {
    await each.execute('create table deck (id integer primary key, name text unique)')
    await each.execute("insert into deck values (1, 'one')")
    errors.push(
      await each.execute(statement as string).then(
        () => null,
        (error: unknown) => error as Error & { code?: string },
      ),
    )
  }
  expect(errors[0]).not.toBeNull()
  expect(errors[0]!.name).toBe(errors[1]!.name)
  expect(errors[0]!.code).toBe(errors[1]!.code)
})

describe('a batch', () => {
  beforeEach(() => client.execute('create table deck (id integer primary key)'))

  test('is all or nothing, and the next one works', async () => {
    const twice = client.batch(['insert into deck values (1)', 'insert into deck values (1)'])
    await expect(twice).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT', statementIndex: 1 })
    expect((await client.execute('select * from deck')).rows).toHaveLength(0)
    await client.batch(['insert into deck values (1)', ['insert into deck values (?)', [2]]], 'write')
    expect((await client.execute('select * from deck')).rows).toHaveLength(2)
  })

  test('that cannot begin changes nothing', async () => {
    await other.close()
    const second = createFileClient(join(directory, 'ours.db'))
    await second.executeMultiple('BEGIN IMMEDIATE; ROLLBACK')
    await client.execute('PRAGMA locking_mode=EXCLUSIVE')
    await client.batch(['insert into deck values (1)'])
    await expect(second.batch(['insert into deck values (2)'], 'write')).rejects.toMatchObject({ code: 'SQLITE_BUSY' })
    second.close()
  })
})

test('a statement that is kept sees the columns of a table that was changed', async () => {
  await client.execute('create table deck (id integer)')
  await client.execute('insert into deck values (1)')
  expect((await client.execute('select * from deck')).columns).toEqual(['id'])
  await client.execute('alter table deck add column name text')
  expect((await client.execute('select * from deck')).columns).toEqual(['id', 'name'])
  await client.executeMultiple('alter table deck add column at integer; select 1')
  expect((await client.execute('select * from deck')).columns).toEqual(['id', 'name', 'at'])
  await client.migrate(['alter table deck drop column name', 'select 1'])
  expect((await client.execute('select * from deck')).columns).toEqual(['id', 'at'])
})

test('more statements than are kept, and more rows than are fetched at once', async () => {
  await client.execute('create table deck (id integer)')
  await client.batch(Array.from({ length: 300 }, (_, id) => `insert into deck values (${id})`))
  for (const limit of [99, 100, 101, 300]) {
    for (let time = 0; time < 2; time++) {
      const { rows } = await client.execute({ sql: 'select id from deck order by id limit ?', args: [limit] })
      expect(rows.map((row) => row.id)).toEqual(Array.from({ length: limit }, (_, id) => id))
    }
  }
})

test('closed is closed, until it is connected anew', async () => {
  await client.execute('create table deck (id integer)')
  client.close()
  expect(client.closed).toBe(true)
  await expect(client.execute('select 1')).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
  await expect(client.batch(['select 1'])).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
  await client.reconnect()
  expect(client.closed).toBe(false)
  expect((await client.execute('select count(*) as number from deck')).rows[0]).toMatchObject({ number: 0 })
})

test('a file that cannot be opened is an error with a code', () => {
  expect(() => createFileClient(join(directory, 'missing', 'deck.db'))).toThrow(/unable to open/i)
})

test('what a file has not got is refused', async () => {
  await expect(client.transaction()).rejects.toThrow('batches')
  await expect(client.sync()).rejects.toMatchObject({ code: 'SYNC_NOT_SUPPORTED' })
  expect(client.protocol).toBe('file')
})
