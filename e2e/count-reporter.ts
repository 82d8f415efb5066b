/** Leaves the counts, and what failed, where `npm test` adds them up: a JSON file named by TOKENDECK_COUNTS. */

import { writeFileSync } from 'node:fs'
import type { Reporter, Suite, TestError } from 'playwright/types/testReporter'

export default class CountReporter implements Reporter {
  #suite: Suite | null = null
  readonly #errors: string[] = []

  onBegin(_config: unknown, suite: Suite): void {
    this.#suite = suite
  }

  onError({ message }: TestError): void {
    this.#errors.push(`outside of any test: ${message}`)
  }

  onEnd(): void {
    const path = process.env.TOKENDECK_COUNTS
    if (!path) return
    const tests = this.#suite?.allTests() ?? []
    const failures = [...this.#errors]
    const unsteady: string[] = []
    for (const test of tests) {
      const name = test.titlePath().filter(Boolean).join(' › ')
      const reasons = test.results.flatMap(({ errors }) => errors.map(({ message }) => message)).join('; ')
      if (test.outcome() === 'flaky') unsteady.push(`${name}: ${reasons}`)
      else if (test.outcome() !== 'expected') failures.push(`${name}: ${reasons || 'not run'}`)
    }
    const failed = failures.length
    const passed = tests.length + this.#errors.length - failed
    writeFileSync(path, JSON.stringify({ passed, failed, failures, unsteady }))
  }
}
