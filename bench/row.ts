/** One line of the benchmark table: a measured figure beside its goal. */

/** A measured goal. `isMet` decides the exit code; a figure without a goal is shown for information. */
export interface Row {
  /** Name of the goal, such as `G1`. */
  goal: string
  what: string
  measured: string
  against: string
  limit: string
  isMet: boolean
}

/** A row whose figure must not be more than `limit` times the reference. */
export function ratioRow(row: {
  goal: string
  what: string
  value: number
  reference: number
  limit: number
  unit: string
}): Row {
  const ratio = row.value / row.reference
  return {
    goal: row.goal,
    what: row.what,
    measured: `${format(row.value)} ${row.unit}`,
    against: `${format(row.reference)} ${row.unit}, ratio ${ratio.toFixed(2)}`,
    limit: `≤ ${row.limit}`,
    isMet: ratio <= row.limit,
  }
}

/** A row whose figure must not be more than `limit`. */
export function limitRow(row: { goal: string; what: string; value: number; limit: number; unit: string }): Row {
  return {
    goal: row.goal,
    what: row.what,
    measured: `${format(row.value)} ${row.unit}`,
    against: '—',
    limit: `≤ ${row.limit} ${row.unit}`,
    isMet: row.value <= row.limit,
  }
}

export function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

/** The rows as an aligned table. */
export function table(rows: readonly Row[]): string {
  const lines = [
    ['', 'goal', 'what', 'measured', 'reference', 'limit'],
    ...rows.map((row) => [row.isMet ? 'met' : 'MISSED', row.goal, row.what, row.measured, row.against, row.limit]),
  ]
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => Bun.stringWidth(line[column]!))))
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell + ' '.repeat(widths[column]! - Bun.stringWidth(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
