/** Leaves the counts where `npm test` adds them to the unit tests': a JSON file named by TOKENDECK_COUNTS. */

import { writeFileSync } from 'node:fs'
import type { Reporter, Suite } from 'playwright/types/testReporter'

export default class CountReporter implements Reporter {
  #suite: Suite | null = null
  #errors = 0

  onBegin(_config: unknown, suite: Suite): void {
    this.#suite = suite
  }

  onError(): void {
    this.#errors += 1
  }

  onEnd(): void {
    const path = process.env.TOKENDECK_COUNTS
    if (!path) return
    const tests = this.#suite?.allTests() ?? []
    const passed = tests.filter((test) => test.outcome() === 'expected').length
    writeFileSync(path, JSON.stringify({ passed, failed: tests.length - passed + this.#errors }))
  }
}
