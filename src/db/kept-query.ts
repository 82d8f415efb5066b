/**
 * Queries whose text is made once. Drizzle builds and walks a query anew each time it is run, which takes longer than
 * SQLite takes for it; between a provider's answer and the disk there is no time for that. Knows no tables.
 */

import type { Client, ResultSet } from '@libsql/client/sqlite3'
import { Column, getTableColumns, is, Param, Placeholder, type Query, sql } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Database } from './client.ts'

/** What Drizzle makes of `database.select()…`, `database.update()…` and `database.run(sql…)`, and what it runs. */
interface Runnable {
  _prepare(): { getQuery(): Query; mapResult(result: unknown): unknown }
}

/** A query with its values, for `runKept`. */
export type FilledQuery = Runnable

/** Gives the place in a query where a value comes in. Typed as the value, so that Drizzle's types take it. */
export type Given<Values> = <Name extends keyof Values & string>(name: Name) => NonNullable<Values[Name]>

/**
 * A query that is built when it is first needed, once for each database, and only filled in after that.
 *
 * Shape:  `build` gets the database and a function that names the places of values; → fills them in
 */
export function keptQuery<Values extends object>(
  build: (database: Database, given: Given<Values>) => unknown,
): (database: Database, values: Values) => FilledQuery {
  const built = new WeakMap<Database, (values: Values) => Query>()
  const given = ((name: string) => sql.placeholder(name)) as unknown as Given<Values>
  return (database, values) => {
    let fill = built.get(database)
    if (!fill) {
      const { sql: text, params } = (build(database, given) as Runnable)._prepare().getQuery()
      const places = params.map(placeOf<Values>)
      fill = (each) => ({ sql: text, params: places.map((place) => place(each)) })
      built.set(database, fill)
    }
    const filled = fill(values)
    return { _prepare: () => ({ getQuery: () => filled, mapResult: (result) => result }) }
  }
}

function placeOf<Values>(param: unknown): (values: Values) => unknown {
  if (is(param, Placeholder)) return (values) => values[param.name as keyof Values]
  if (is(param, Param) && is(param.value, Placeholder)) {
    const { name } = param.value
    return (values) => {
      const value = values[name as keyof Values]
      return value === null ? null : param.encoder.mapToDriverValue(value)
    }
  }
  return () => param
}

/** Runs one. For the inside of `query`. */
export function runKept(database: Database, filled: FilledQuery): Promise<ResultSet> {
  const { $client: client } = database as unknown as { $client: Client }
  const { sql: text, params } = filled._prepare().getQuery()
  return client.execute({ sql: text, args: params as never })
}

/** Runs several in one commit: all of them or none. For the inside of `query`. */
export function runKeptTogether(database: Database, filled: FilledQuery[]): Promise<ResultSet[]> {
  return database.batch(filled as never) as unknown as Promise<ResultSet[]>
}

/**
 * Reads whole rows of a table out of what a query gave.
 *
 * Shape:  `from` is the place of the table's first column in the query; every column of the table stands there, in the
 *         order of the schema
 */
export function rowReader<Table extends SQLiteTable>(
  table: Table,
  from = 0,
): (row: ArrayLike<unknown>) => Table['$inferSelect'] {
  const columns = Object.entries(getTableColumns(table)).map(([name, column]) => ({
    name,
    read: column.mapFromDriverValue === Column.prototype.mapFromDriverValue ? null : column,
  }))
  return (row) => {
    const values: Record<string, unknown> = {}
    for (let place = 0; place < columns.length; place++) {
      const { name, read } = columns[place]!
      const value = row[from + place]
      values[name] = read === null || value === null ? value : read.mapFromDriverValue(value)
    }
    return values as Table['$inferSelect']
  }
}
