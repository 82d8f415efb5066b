/** The spool of one machine: it outlives the processes of that machine, and its disk may be full. */

import type { AnswerSpool, SpooledAnswer } from '../../accounts/answer-spool.ts'
import type { Answer } from '../../accounts/save-answer.ts'
import type { Simulation } from './simulation.ts'

export class ModelSpool {
  readonly #files = new Map<string, SpooledAnswer>()
  readonly #simulation: Simulation

  constructor(simulation: Simulation) {
    this.#simulation = simulation
  }

  write(answer: Answer): void {
    const { world, weather } = this.#simulation
    if (world.dice.chance(weather.spoolFull)) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
    const name = `${answer.attempt.accountId}.${answer.sealed.id}.json`
    // As text, so that nobody changes what lies on the disk.
    this.#files.set(name, { answer: JSON.parse(JSON.stringify(answer)), name, writtenAt: world.time })
  }

  remove({ attempt, sealed }: Answer): void {
    this.#files.delete(`${attempt.accountId}.${sealed.id}.json`)
  }

  holds(accountId: string): boolean {
    return [...this.#files.values()].some(({ answer }) => answer.attempt.accountId === accountId)
  }

  list(): { answers: SpooledAnswer[]; unreadable: string[] } {
    return { answers: [...this.#files.values()], unreadable: [] }
  }

  removeDrafts(): void {}

  /** True when an answer with this access token lies here. */
  has(accessToken: string): boolean {
    return this.list().answers.some(({ answer }) => answer.sealed.answerSealed.includes(accessToken))
  }

  /** As the product takes it. */
  get asSpool(): AnswerSpool {
    return this as unknown as AnswerSpool
  }
}
