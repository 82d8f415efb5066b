/** Is the double of a libSQL server true to the protocol, as the real client speaks it? */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@libsql/client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createHranaDouble, type HranaDouble } from './hrana-double.ts'

let directory: string
let server: HranaDouble
const URL_OF_DATABASE = 'https://primary.example.test'

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-test-'))
  server = createHranaDouble(join(directory, 'server.db'))
})
afterEach(() => {
  vi.useRealTimers()
  server.close()
  rmSync(directory, { recursive: true })
})

const client = (url = URL_OF_DATABASE) => createClient({ url, fetch: (request: Request) => server.handle(request) })
const ask = async (path: string, body: unknown) => {
  const response = await server.handle(
    new Request(`${URL_OF_DATABASE}${path}`, { method: 'POST', body: JSON.stringify(body) }),
  )
  return {
    status: response.status,
    // biome-ignore lint/suspicious/noExplicitAny: whatever the server says is looked at below
    body: (await response.json()) as Record<string, any>,
  }
}

describe('with the real client', () => {
  test('every type of value comes back as it went', async () => {
    const libsql = client()
    await libsql.execute('create table things (id integer primary key, text text, real real, bytes blob, none)')
    const inserted = await libsql.execute({
      sql: 'insert into things values (?, :text, ?3, ?4, ?5)'.replace(':text', '?2'),
      args: [9_007_199_254_740_993n, 'π "quoted"', 1.5, new Uint8Array([0, 255]), null],
    })
    expect(inserted.rowsAffected).toBe(1)
    const { rows, columns } = await createClient({
      url: URL_OF_DATABASE,
      intMode: 'bigint',
      fetch: (request: Request) => server.handle(request),
    }).execute('select * from things')
    expect(columns).toEqual(['id', 'text', 'real', 'bytes', 'none'])
    expect({ ...rows[0] }).toMatchObject({ id: 9_007_199_254_740_993n, text: 'π "quoted"', real: 1.5, none: null })
    expect([...new Uint8Array(rows[0]!.bytes as ArrayBuffer)]).toEqual([0, 255])
  })

  test('a batch that fails in the middle leaves nothing behind, and names the code', async () => {
    const libsql = client()
    await libsql.execute('create table things (id integer primary key)')
    await expect(
      libsql.batch(['insert into things values (1)', 'insert into things values (1)'], 'write'),
    ).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' })
    expect((await libsql.execute('select count(*) as n from things')).rows[0]!.n).toBe(0)
  })

  test('a transaction over several requests keeps its stream, and others do not see it before its end', async () => {
    const libsql = client()
    await libsql.execute('create table things (id integer primary key)')
    const transaction = await libsql.transaction('write')
    await transaction.execute('insert into things values (1)')
    expect(server.openStreams()).toBe(1)
    expect((await libsql.execute('select count(*) as n from things')).rows[0]!.n).toBe(0)
    await expect(libsql.execute('insert into things values (2)')).rejects.toMatchObject({ code: 'SQLITE_BUSY' })
    await transaction.commit()
    expect((await libsql.execute('select count(*) as n from things')).rows[0]!.n).toBe(1)
    expect(server.openStreams()).toBe(0)
  })

  test('several statements in one text, and foreign keys as libSQL has them', async () => {
    const libsql = client('libsql://primary.example.test')
    await libsql.executeMultiple(
      'create table parents (id integer primary key); create table children (p references parents on delete cascade); insert into parents values (1); insert into children values (1)',
    )
    await libsql.execute('delete from parents')
    expect((await libsql.execute('select count(*) as n from children')).rows[0]!.n).toBe(0)
  })

  test('over a real socket, and with a wrong token not at all', async () => {
    const guarded = createHranaDouble(join(directory, 'guarded.db'), { authToken: 'FAKE-database-token' })
    const served = await guarded.serve()
    try {
      const right = createClient({ url: served.origin, authToken: 'FAKE-database-token' })
      expect((await right.execute('select 1 as one')).rows[0]!.one).toBe(1)
      const wrong = createClient({ url: served.origin, authToken: 'FAKE-other' })
      await expect(wrong.execute('select 1')).rejects.toMatchObject({ cause: { status: 401 } })
    } finally {
      await served.close()
      guarded.close()
    }
  })
})

describe('as the specification has it', () => {
  test('a baton works once', async () => {
    const first = await ask('/v3/pipeline', { baton: null, requests: [{ type: 'execute', stmt: { sql: 'begin' } }] })
    const { baton } = first.body
    const second = await ask('/v3/pipeline', { baton, requests: [{ type: 'get_autocommit' }] })
    expect(second.body.results[0].response).toEqual({ type: 'get_autocommit', is_autocommit: false })
    expect(await ask('/v3/pipeline', { baton, requests: [] })).toMatchObject({
      status: 400,
      body: { code: 'STREAM_EXPIRED' },
    })
  })

  test('an idle stream ends after ten seconds, and its transaction with it', async () => {
    vi.useFakeTimers()
    const first = await ask('/v3/pipeline', {
      requests: [{ type: 'sequence', sql: 'create table a (b); begin; insert into a values (1)' }],
    })
    await vi.advanceTimersByTimeAsync(10_001)
    const { baton } = first.body
    expect((await ask('/v3/pipeline', { baton, requests: [] })).status).toBe(400)
    const count = await ask('/v2/pipeline', {
      requests: [{ type: 'execute', stmt: { sql: 'select count(*) from a' } }, { type: 'close' }],
    })
    expect(count.body.results[0].response.result.rows).toEqual([[{ type: 'integer', value: '0' }]])
    expect(server.openStreams()).toBe(0)
  })

  test('stored texts, named arguments, descriptions and conditions', async () => {
    const { body } = await ask('/v3/pipeline', {
      requests: [
        { type: 'store_sql', sql_id: 1, sql: 'select :a as a' },
        {
          type: 'execute',
          stmt: { sql_id: 1, named_args: [{ name: 'a', value: { type: 'text', value: 'x' } }], want_rows: true },
        },
        { type: 'describe', sql_id: 1 },
        { type: 'close_sql', sql_id: 1 },
        { type: 'execute', stmt: { sql_id: 1 } },
        {
          type: 'batch',
          batch: {
            steps: [
              { stmt: { sql: 'select nothing' } },
              { condition: { type: 'ok', step: 0 }, stmt: { sql: 'select 1' } },
              { condition: { type: 'error', step: 0 }, stmt: { sql: 'select 2' } },
              {
                condition: {
                  type: 'and',
                  conds: [{ type: 'is_autocommit' }, { type: 'not', cond: { type: 'ok', step: 1 } }],
                },
                stmt: { sql: 'select 3' },
              },
            ],
          },
        },
        { type: 'close' },
      ],
    })
    const [, executed, described, , missing, batch] = body.results
    expect(executed.response.result.rows).toEqual([[{ type: 'text', value: 'x' }]])
    expect(described.response.result).toMatchObject({ params: [{}], is_readonly: true, is_explain: false })
    expect(missing).toMatchObject({ type: 'error', error: { code: 'SQL_NOT_FOUND' } })
    const { step_results: results, step_errors: errors } = batch.response.result
    expect(results.map((each: unknown) => each !== null)).toEqual([false, false, true, true])
    expect(errors.map((each: unknown) => each !== null)).toEqual([true, false, false, false])
  })
})
