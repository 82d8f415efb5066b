/**
 * Carries out the statements of the Hrana protocol on one connection of a database file. Knows the JSON shapes of version
 * 2 and 3, and nothing of streams or HTTP.
 *
 * Source: Hrana over HTTP specification, version 3, and what @libsql/hrana-client 0.9 sends
 */

import type { Database } from 'bun:sqlite'

export type HranaValue =
  | { type: 'null' }
  | { type: 'integer'; value: string }
  | { type: 'float'; value: number }
  | { type: 'text'; value: string }
  | { type: 'blob'; base64: string }

export interface HranaStatement {
  sql?: string
  sql_id?: number
  args?: HranaValue[]
  named_args?: { name: string; value: HranaValue }[]
  want_rows?: boolean
}

export type HranaCondition =
  | { type: 'ok' | 'error'; step: number }
  | { type: 'not'; cond: HranaCondition }
  | { type: 'and' | 'or'; conds: HranaCondition[] }
  | { type: 'is_autocommit' }

export interface HranaBatch {
  steps: { condition?: HranaCondition; stmt: HranaStatement }[]
}

export interface HranaError {
  message: string
  code: string
}

/** A request that the database refused; it becomes an `error` result, and the stream goes on. */
export class HranaRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
  }

  toJSON(): HranaError {
    return { message: this.message, code: this.code }
  }
}

/** Where texts that were stored under a number are found. */
export type StoredTexts = ReadonlyMap<number, string>

/** The text of a statement, given outright or by its number. */
export function textOf({ sql, sql_id: id }: { sql?: string; sql_id?: number }, stored: StoredTexts): string {
  if (sql !== undefined) return sql
  const text = id === undefined ? undefined : stored.get(id)
  if (text === undefined) throw new HranaRefusal('SQL_NOT_FOUND', 'SQL text not found')
  return text
}

/** One statement → its columns and rows. */
export function execute(connection: Database, statement: HranaStatement, stored: StoredTexts) {
  return refusing(() => {
    const prepared = connection.prepare(textOf(statement, stored))
    const positional = (statement.args ?? []).map(fromHrana)
    const named = Object.fromEntries(
      (statement.named_args ?? []).map(({ name, value }) => [
        /^[:@$]/.test(name) ? name : `:${name}`,
        fromHrana(value),
      ]),
    )
    const before = totalChanges(connection)
    const rows =
      Object.keys(named).length > 0 ? prepared.values(named as never) : prepared.values(...(positional as []))
    const hasChanged = totalChanges(connection) !== before
    const [changes, rowid] = connection.query('select changes(), last_insert_rowid()').values()[0] as [bigint, bigint]
    return {
      cols: prepared.columnNames.map((name) => ({ name, decltype: null })),
      rows: statement.want_rows === false ? [] : rows.map((row) => (row as unknown[]).map(toHrana)),
      affected_row_count: hasChanged ? Number(changes) : 0,
      last_insert_rowid: hasChanged ? String(rowid) : null,
    }
  })
}

function totalChanges(connection: Database): bigint {
  return (connection.query('select total_changes()').values() as [bigint][])[0]![0]
}

/** Steps in their order, each only where its condition holds: null stands for a step that was left out or gave nothing. */
export function executeBatch(connection: Database, { steps }: HranaBatch, stored: StoredTexts) {
  const results: unknown[] = []
  const errors: (HranaError | null)[] = []
  for (const { condition, stmt } of steps) {
    results.push(null)
    errors.push(null)
    if (condition && !holds(condition, { connection, results, errors })) continue
    const step = results.length - 1
    try {
      results[step] = execute(connection, stmt, stored)
    } catch (error) {
      if (!(error instanceof HranaRefusal)) throw error
      errors[step] = error.toJSON()
    }
  }
  return { step_results: results, step_errors: errors }
}

interface BatchSoFar {
  connection: Database
  results: unknown[]
  errors: (HranaError | null)[]
}

function holds(condition: HranaCondition, sofar: BatchSoFar): boolean {
  switch (condition.type) {
    case 'ok':
      return sofar.results[condition.step] != null
    case 'error':
      return sofar.errors[condition.step] != null
    case 'not':
      return !holds(condition.cond, sofar)
    case 'and':
      return condition.conds.every((each) => holds(each, sofar))
    case 'or':
      return condition.conds.some((each) => holds(each, sofar))
    case 'is_autocommit':
      return !sofar.connection.inTransaction
  }
}

/** Several statements in one text, without arguments and without rows. */
export function executeSequence(connection: Database, sql: string): void {
  refusing(() => connection.run(sql))
}

/** What a statement takes and gives, without carrying it out. */
export function describe(connection: Database, sql: string) {
  return refusing(() => {
    const prepared = connection.prepare(sql)
    return {
      params: Array.from({ length: prepared.paramsCount }, () => ({ name: null })),
      cols: prepared.columnNames.map((name) => ({ name, decltype: null })),
      is_explain: /^\s*explain\b/i.test(sql),
      is_readonly: /^\s*(select|explain|values|pragma\s+\w+\s*;?\s*$)/i.test(sql),
    }
  })
}

function refusing<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof HranaRefusal) throw error
    const { code, message } = error as { code?: string; message: string }
    throw new HranaRefusal(code ?? 'SQLITE_ERROR', `SQLite error: ${message}`)
  }
}

function fromHrana(value: HranaValue): string | number | bigint | Uint8Array | null {
  switch (value.type) {
    case 'null':
      return null
    case 'integer':
      return BigInt(value.value)
    case 'float':
    case 'text':
      return value.value
    case 'blob':
      return new Uint8Array(Buffer.from(value.base64, 'base64'))
  }
}

function toHrana(value: unknown): HranaValue {
  if (value === null || value === undefined) return { type: 'null' }
  if (typeof value === 'bigint') return { type: 'integer', value: String(value) }
  if (typeof value === 'number') return { type: 'float', value }
  if (typeof value === 'string') return { type: 'text', value }
  // Without padding, as the specification has it.
  return {
    type: 'blob',
    base64: Buffer.from(value as Uint8Array)
      .toString('base64')
      .replace(/=+$/, ''),
  }
}
