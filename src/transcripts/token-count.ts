/** What a line of a transcript counts. Numbers only: nothing that was said is ever kept. */

/** Tokens of one message. `cached` are those that the provider read from its cache. */
export interface TokenCount {
  /** Epoch milliseconds. */
  at: number
  input: number
  cached: number
  output: number
}

/** A line that counts: `id` tells repeats of the same message apart, `total` a sum that stands for everything before it. */
export interface CountedLine extends TokenCount {
  id: string | null
  total: number | null
}

/** Makes what a line counts out of its parsed JSON; null when it counts nothing. Total. */
export type LineReader = (line: unknown) => CountedLine | null

/** How a CLI writes its transcripts. */
export interface TranscriptFormat {
  /** The directory of transcripts in the CLI's own. */
  folder: string
  /** Text that every line that counts has; other lines are not even parsed. */
  marker: string
  read: LineReader
  /**
   * True where a message is written again while it grows, under the same id: its last line counts. Else each line tells what
   * came since the one before it, with the sum of all.
   */
  growsById: boolean
}

/** A member of parsed JSON, or undefined. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

/** Counts above this are no counts. */
const MOST = 1e9

/** A count of tokens: a whole number from 0; anything else is 0. */
export function count(value: unknown): number {
  return typeof value === 'number' && value >= 0 && value <= MOST ? Math.floor(value) : 0
}

/** An instant written as text, in epoch milliseconds; null when it is none. */
export function instant(value: unknown): number | null {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isFinite(at) ? at : null
}
