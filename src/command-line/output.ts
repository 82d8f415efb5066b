/** How commands show what they found: aligned columns for people, JSON for programs. */

import { relativeText } from '../messages/instants.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal must not be steered by text from elsewhere
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g

/** Rows as aligned columns; the first row is the heading. Control characters are dropped. */
export function columns(rows: string[][]): string {
  const clean = rows.map((row) => row.map((cell) => cell.replace(CONTROL, ' ')))
  const widths = clean[0]!.map((_, index) => Math.max(...clean.map((row) => Bun.stringWidth(row[index] ?? ''))))
  return clean
    .map((row) =>
      row
        .map((cell, index) => cell + ' '.repeat(widths[index]! - Bun.stringWidth(cell)))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('')
}

/** A value as JSON for programs. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** An RFC 3339 instant from where `now` stands: "in 2 h 10 min", "4 min ago", "—" when unknown. */
export function when(instant: string | null, now: number): string {
  if (instant === null) return '—'
  return relativeText('en', Date.parse(instant), now)
}
