/** A Vitest reporter that leaves the counts where `npm test` adds them to the browser tests': see scripts/test.mjs. */

import { writeFileSync } from 'node:fs'

export default class CountReporter {
  onTestRunEnd(modules, errors) {
    let passed = 0
    const unsteady = []
    const failures = errors.map((error) => `outside of any test: ${messageOf(error)}`)
    for (const module of modules) {
      const tests = [...module.children.allTests()]
      if (module.state() === 'failed' && tests.length === 0)
        failures.push(`${module.relativeModuleId}: could not start`)
      for (const test of tests) {
        const { state, errors: reasons = [] } = test.result()
        if (test.diagnostic()?.flaky) unsteady.push(`${module.relativeModuleId} › ${test.fullName}`)
        if (state === 'passed') passed += 1
        else
          failures.push(`${module.relativeModuleId} › ${test.fullName}: ${reasons.map(messageOf).join('; ') || state}`)
      }
    }
    if (!process.env.TOKENDECK_COUNTS) return
    writeFileSync(process.env.TOKENDECK_COUNTS, JSON.stringify({ passed, failed: failures.length, failures, unsteady }))
  }
}

/** What is wrong, and the place in our own files where it was seen. */
function messageOf({ message, diff, stacks = [] }) {
  const place = stacks[0] ? ` (${stacks[0].file}:${stacks[0].line})` : ''
  return `${message}${diff ? `\n${diff}` : ''}${place}`
}
