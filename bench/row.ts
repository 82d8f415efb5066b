/** One line of the benchmark table: a measured figure beside its goal. */

/** A measured goal. `state` decides the exit code; a figure without a goal is shown for information. */
export interface Row {
  /** Name of the goal, such as `G1`. */
  goal: string
  what: string
  measured: string
  /** The figure of the floor or the bare program in the same rounds, or where the limit comes from. */
  against: string
  ratio: string
  limit: string
  state: 'met' | 'missed' | 'shown' | 'unmeasured'
}

interface Figure {
  goal: string
  what: string
  value: number
  unit: string
}

/** A row whose figure must not be more than `limit` times the reference. */
export function ratioRow(figure: Figure & { reference: number; of: string; limit: number }): Row {
  const { goal, what, value, reference, of, limit, unit } = figure
  const ratio = value / reference
  return {
    goal,
    what,
    measured: `${format(value)} ${unit}`,
    against: `${of} ${format(reference)} ${unit}`,
    ratio: format(ratio),
    limit: `≤ ${limit} ×`,
    state: ratio <= limit ? 'met' : 'missed',
  }
}

/** A row whose rate must be at least `share` (0–1) of the reference's rate. */
export function shareRow(figure: Figure & { reference: number; of: string; share: number }): Row {
  const { goal, what, value, reference, of, share, unit } = figure
  const ratio = value / reference
  return {
    goal,
    what,
    measured: `${format(value)} ${unit}`,
    against: `${of} ${format(reference)} ${unit}`,
    ratio: format(ratio),
    limit: `≥ ${share} ×`,
    state: ratio >= share ? 'met' : 'missed',
  }
}

/** A row whose figure must not be more than `limit`. */
export function limitRow(figure: Figure & { limit: number; from?: string }): Row {
  const { goal, what, value, unit, limit, from = '—' } = figure
  return {
    goal,
    what,
    measured: `${format(value)} ${unit}`,
    against: from,
    ratio: '—',
    limit: `≤ ${limit} ${unit}`,
    state: value <= limit ? 'met' : 'missed',
  }
}

/** A figure without a goal. */
export function shownRow({ goal, what, value, unit, from = '—' }: Figure & { from?: string }): Row {
  return {
    goal,
    what,
    measured: `${format(value)} ${unit}`,
    against: from,
    ratio: '—',
    limit: '—',
    state: 'shown',
  }
}

/** A goal that this machine cannot measure, with the reason. */
export function unmeasuredRow({ goal, what, reason }: { goal: string; what: string; reason: string }): Row {
  return { goal, what, measured: 'not measured', against: reason, ratio: '—', limit: '—', state: 'unmeasured' }
}

/** Three significant digits or so. */
export function format(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en')
  return Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2)
}

const STATE_WORDS = { met: 'met', missed: 'MISSED', shown: '', unmeasured: '–' } as const

/** The rows as an aligned table. */
export function table(rows: readonly Row[]): string {
  const lines = [
    ['', 'goal', 'what', 'measured', 'reference', 'ratio', 'limit'],
    ...rows.map((row) => [STATE_WORDS[row.state], row.goal, row.what, row.measured, row.against, row.ratio, row.limit]),
  ]
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => Bun.stringWidth(line[column]!))))
  const padded = (cell: string, column: number) => cell + ' '.repeat(widths[column]! - Bun.stringWidth(cell))
  return lines.map((line) => line.map(padded).join('  ').trimEnd()).join('\n')
}
