/** The shape of one part of the benchmark, and what it is given. */

import type { Row } from './row.ts'

export interface Bench {
  /** Multiplies the number of rounds of everything that goes in rounds. */
  rounds: number
  /** A directory of this run alone; it is removed at the end. */
  directory: string
}

export interface Part {
  /** The goals that its rows belong to. */
  goals: readonly string[]
  /** What is going on, for whoever waits. */
  title: string
  measure(bench: Bench): Promise<Row[]>
}
