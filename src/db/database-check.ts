/**
 * Is what stands in the file sound? Asked before any value is read as text, because libSQL ends the whole process on a
 * text that is not UTF-8. Reads only.
 */

import { isUtf8 } from 'node:buffer'
import type { Client } from '@libsql/client/sqlite3'

/**
 * True when pages, indexes and every text value are sound. About 4 ms for a small database.
 *
 * Errors: what libSQL throws on a file that it cannot read at all
 */
export async function isSound(client: Client): Promise<boolean> {
  // As bytes, since even the complaint may name something that is not text any more.
  const verdict = await client.execute('select cast(quick_check as blob) as v from pragma_quick_check')
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
  return columns.size === 0 || (await isTextSound(client, columns))
}

/** All texts of a table are joined to one by SQLite, so that this is one statement whatever the number of rows. */
async function isTextSound(client: Client, columns: Map<string, string[]>): Promise<boolean> {
  const selects = Array.from(columns, ([table, names]) => {
    const texts = names.map((name) => `case typeof(${quoted(name)}) when 'text' then ${quoted(name)} end`)
    return `select cast(group_concat(concat_ws(' ', ${texts.join(', ')}), ' ') as blob) from ${quoted(table)}`
  })
  const { rows } = await client.execute(selects.join(' union all '))
  return rows.every((row) => isUtf8(bytesOf(row[0])))
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function bytesOf(value: unknown): Buffer {
  return value instanceof ArrayBuffer ? Buffer.from(value) : Buffer.alloc(0)
}
