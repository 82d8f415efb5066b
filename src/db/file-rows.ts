/**
 * What a statement of a local file gave, in the shape that the library's own client has: rows whose values are found by name
 * and by place.
 */

import type { ResultSet, Row } from '@libsql/client/sqlite3'

/** A value as the connection gives it. */
export type Value = string | number | bigint | null | Buffer

/** What every row of a result has. */
export interface Columns {
  names: string[]
  types: string[]
}

/** Of a statement that gives no rows. */
export const NO_COLUMNS: Columns = { names: [], types: [] }

/** What a statement gave: rows, or how many it changed. */
export class FileResult implements ResultSet {
  readonly columns: string[]
  readonly columnTypes: string[]
  readonly rows: Row[]

  constructor(
    columns: Columns,
    values: Value[][],
    readonly rowsAffected: number,
    readonly lastInsertRowid: bigint | undefined,
  ) {
    this.columns = columns.names
    this.columnTypes = columns.types
    this.rows = values.map((each) => new FileRow(columns.names, each) as unknown as Row)
  }

  toJSON() {
    const { columns, columnTypes, rows, rowsAffected, lastInsertRowid } = this
    const values = rows.map((row) => Array.from(row, shown))
    return { columns, columnTypes, rows: values, rowsAffected, lastInsertRowid: lastInsertRowid?.toString() ?? null }
  }
}

/** A value as JSON has it. */
function shown(value: unknown): unknown {
  return value instanceof ArrayBuffer ? Buffer.from(value).toString('base64') : value
}

/** Values by the names of their columns, the first of each name, and by their places, which are not enumerated. */
class FileRow {
  readonly #values: unknown[];
  [name: string]: unknown

  constructor(names: readonly string[], values: Value[]) {
    this.#values = values
    for (let place = 0; place < names.length; place++) {
      const value = values[place]
      if (value instanceof Buffer) values[place] = value.buffer as never
      const name = names[place]!
      if (Object.hasOwn(this, name)) continue
      if (!(name in this)) this[name] = values[place]
      // A column may have the name of a place that this row has not got, as that of `select 1` has.
      else if (Number(name) >= names.length)
        Object.defineProperty(this, name, { value: values[place], enumerable: true })
    }
    placesUpTo(names.length)
  }

  get length(): number {
    return this.#values.length
  }

  static at(row: FileRow, place: number): unknown {
    return row.#values[place]
  }
}

let places = 0

/** Gives every row as many places as the widest one needs. */
function placesUpTo(count: number): void {
  for (; places < count; places++) {
    const place = places
    Object.defineProperty(FileRow.prototype, place, {
      get(this: FileRow) {
        return FileRow.at(this, place)
      },
    })
  }
}
