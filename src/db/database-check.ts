/**
 * Is what stands in the file sound? Asked before any value is read as text, because libSQL ends the whole process on a
 * text that is not UTF-8. Reads only.
 */

import { isUtf8 } from 'node:buffer'
import type { Client } from '@libsql/client/sqlite3'

/** Above this size a database that was closed in order is believed without reading it through; bytes. */
export const CHECK_ALWAYS_BELOW_BYTES = 1 << 20

/**
 * True when pages, indexes and every text value are sound. About 2 ms for a megabyte.
 *
 * Errors: what libSQL throws on a file that it cannot read at all
 */
export async function isSound(client: Client): Promise<boolean> {
  // As bytes, since even the complaint may name something that is not text any more.
  const verdict = await client.execute('select cast(quick_check as blob) as v from pragma_quick_check(1)')
  if (bytesOf(verdict.rows[0]?.[0]).toString('latin1') !== 'ok') return false
  const tables = await client.execute(
    "select cast(m.name as blob), cast(c.name as blob) from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table'",
  )
  const columns = new Map<string, string[]>()
  for (const row of tables.rows) {
    const [table, column] = [bytesOf(row[0]), bytesOf(row[1])]
    if (!isUtf8(table) || !isUtf8(column)) return false
    const name = table.toString('utf8')
    columns.set(name, [...(columns.get(name) ?? []), column.toString('utf8')])
  }
  for (const [table, names] of columns) {
    if (!(await isTextSound(client, table, names))) return false
  }
  return true
}

async function isTextSound(client: Client, table: string, columns: string[]): Promise<boolean> {
  const texts = columns.map((name) => `case typeof(${quoted(name)}) when 'text' then cast(${quoted(name)} as blob) end`)
  const { rows } = await client.execute(`select ${texts.join(', ')} from ${quoted(table)}`)
  return rows.every((row) => columns.every((_, index) => row[index] == null || isUtf8(bytesOf(row[index]))))
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function bytesOf(value: unknown): Buffer {
  return value instanceof ArrayBuffer ? Buffer.from(value) : Buffer.alloc(0)
}
