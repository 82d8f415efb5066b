/**
 * Good answers that a database has not taken yet, as files: sealed text only, for their owner alone, through to the disk
 * with their names. One file for each answer; who sees a file knows that the refresh token of its account is spent.
 */

import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { replaceDurably } from '../lib/durable-file.ts'
import type { Answer } from './save-answer.ts'

/** An answer as it lies in the spool. */
export interface SpooledAnswer {
  answer: Answer
  /** Name of its file. */
  name: string
  /** When it was written; epoch milliseconds. */
  writtenAt: number
}

/** `<account id>.<answer id>.json`; ids have no dots. */
const NAME = /^([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+\.json$/
const DRAFT = /\.new$/
const FORMAT = 1

/** A directory of answers. Every method is synchronous: nothing may come between an answer and its durability. */
export class AnswerSpool {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  /** Writes an answer through to the disk. Errors: those of the file system, with nothing usable left behind */
  write(answer: Answer): void {
    const path = this.#pathOf(answer)
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 })
    if ((statSync(this.#directory).mode & 0o077) !== 0) chmodSync(this.#directory, 0o700)
    replaceDurably(path, JSON.stringify({ format: FORMAT, answer }))
  }

  /** Takes an answer away that is durable elsewhere, or that nobody wants. A file that cannot be removed is replayed. */
  remove(answer: Answer): void {
    rmSync(this.#pathOf(answer), { force: true })
  }

  /** True when an answer of this account waits here, whichever process wrote it. */
  holds(accountId: string): boolean {
    return this.#names().some((name) => NAME.exec(name)?.[1] === accountId)
  }

  /** Everything that waits, oldest first, and the names of files that cannot be read as answers. */
  list(): { answers: SpooledAnswer[]; unreadable: string[] } {
    const answers: SpooledAnswer[] = []
    const unreadable: string[] = []
    for (const name of this.#names()) {
      const spooled = this.#read(name)
      if (spooled) answers.push(spooled)
      else if (!DRAFT.test(name)) unreadable.push(name)
    }
    answers.sort((one, other) => one.answer.sealed.receivedAt - other.answer.sealed.receivedAt)
    return { answers, unreadable }
  }

  /** Removes what a process left that ended while it wrote: such a file has no answer that anybody was told of. */
  removeDrafts(olderThan: number): void {
    for (const name of this.#names()) {
      const path = join(this.#directory, name)
      if (DRAFT.test(name) && statSync(path).mtimeMs < olderThan) rmSync(path, { force: true })
    }
  }

  /** The same for what was sealed by a key that nobody seals with any more, however young: it must not outlive that key. */
  removeDraftsSealedBy(keyId: string): void {
    for (const name of this.#names().filter((each) => DRAFT.test(each))) {
      const path = join(this.#directory, name)
      if (readFileSync(path, 'utf8').includes(`v1.${keyId}.`)) rmSync(path, { force: true })
    }
  }

  #pathOf({ attempt, sealed }: Answer): string {
    return join(this.#directory, `${attempt.accountId}.${sealed.id}.json`)
  }

  #names(): string[] {
    try {
      return readdirSync(this.#directory)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT' || code === 'ENOTDIR') return []
      throw error
    }
  }

  #read(name: string): SpooledAnswer | null {
    if (!NAME.test(name)) return null
    const path = join(this.#directory, name)
    try {
      const { format, answer } = JSON.parse(readFileSync(path, 'utf8'))
      const isWhole = format === FORMAT && answer?.attempt?.id && answer.sealed?.answerSealed && answer.next
      return isWhole ? { answer, name, writtenAt: statSync(path).mtimeMs } : null
    } catch {
      return null
    }
  }
}
