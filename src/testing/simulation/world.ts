/**
 * Virtual time, and the one scheduler of a run: whatever a simulated process waits for (a query, an answer, a sleep, a file)
 * is an event here, and the dice say which of those that may happen happens next. Knows nothing of tokens.
 */

import { drainMicrotasks } from 'bun:jsc'
import { TEST_NOW } from '../fake-clock.ts'
import { Dice } from './dice.ts'

/** What the scheduler needs to know of a process. */
export interface Schedulable {
  readonly name: string
  isAlive: boolean
  /** Virtual time until which it is stopped; 0 when it runs. */
  pausedUntil: number
}

/** Something that will happen. Without a process it belongs to the network or to somebody else. */
export interface SimulatedEvent {
  at: number
  readonly process: Schedulable | null
  readonly label: string
  readonly happen: () => void
}

/** A rule that must hold did not. */
class Violation extends Error {
  override readonly name = 'Violation'
}

export class World {
  readonly dice: Dice
  /** Milliseconds of true time; the database's clock is this one. */
  time = TEST_NOW
  steps = 0
  /** The first broken rule; found inside a process it must not be swallowed by the code under test. */
  violation: Violation | null = null
  /** Whose code runs now. */
  running: Schedulable | null = null
  readonly trace: string[] = []
  #events: SimulatedEvent[] = []
  readonly #due: number[] = []

  constructor(
    readonly seed: number,
    readonly isTraced = false,
  ) {
    this.dice = new Dice(seed)
  }

  /** Something happens in `ms` milliseconds, or later when its process is stopped; never when that has died. */
  after(ms: number, process: Schedulable | null, label: string, happen: () => void): SimulatedEvent {
    const event = { at: this.time + Math.max(0, ms), process, label, happen }
    this.#events.push(event)
    return event
  }

  cancel(event: SimulatedEvent): boolean {
    const index = this.#events.indexOf(event)
    if (index < 0) return false
    this.#take(index)
    return true
  }

  /** Everything that this process waits for never comes. */
  forget(process: Schedulable): void {
    this.#events = this.#events.filter((event) => event.process !== process)
  }

  /** Runs code of a process, or of nobody's, until it waits for events only. */
  enter(process: Schedulable | null, run: () => void): void {
    this.running = process
    run()
    drainMicrotasks()
    this.running = null
  }

  /** One event happens; false when none will before `until`. */
  step(until: number): boolean {
    let due = this.#collectDue()
    if (due === 0) {
      const next = this.#nextTime()
      if (next > until) {
        this.time = Math.max(this.time, until)
        return false
      }
      this.time = next
      due = this.#collectDue()
    }
    const event = this.#take(this.#due[due === 1 ? 0 : this.dice.between(0, due - 1)]!)
    this.steps++
    if (this.isTraced) this.note(event.label, event.process)
    this.enter(event.process, event.happen)
    return true
  }

  /** Writes a line of the story that is told of a failing seed. */
  note(text: string, process: Schedulable | null = null): void {
    if (!this.isTraced) return
    const seconds = ((this.time - TEST_NOW) / 1000).toFixed(3).padStart(9)
    this.trace.push(`${seconds}  ${(process?.name ?? '').padEnd(4)} ${text}`)
  }

  fail(rule: string): void {
    this.note(`RULE BROKEN: ${rule}`)
    this.violation ??= new Violation(rule)
  }

  #collectDue(): number {
    let count = 0
    for (let index = 0; index < this.#events.length; index++) {
      if (timeOf(this.#events[index]!) <= this.time) this.#due[count++] = index
    }
    return count
  }

  #nextTime(): number {
    let next = Number.POSITIVE_INFINITY
    for (const event of this.#events) next = Math.min(next, timeOf(event))
    return next
  }

  #take(index: number): SimulatedEvent {
    const event = this.#events[index]!
    const last = this.#events.pop()!
    if (last !== event) this.#events[index] = last
    return event
  }
}

function timeOf({ at, process }: SimulatedEvent): number {
  return process && process.pausedUntil > at ? process.pausedUntil : at
}
