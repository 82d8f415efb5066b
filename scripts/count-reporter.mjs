/** A Vitest reporter that leaves the counts where `npm test` can add them to the browser tests': see scripts/test.mjs. */

import { writeFileSync } from 'node:fs'

export default class CountReporter {
  onTestRunEnd(modules, errors) {
    let passed = 0
    let failed = errors.length
    for (const module of modules) {
      if (module.state() === 'failed' && [...module.children.allTests()].length === 0) failed += 1
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') passed += 1
        else failed += 1
      }
    }
    if (process.env.TOKENDECK_COUNTS) writeFileSync(process.env.TOKENDECK_COUNTS, JSON.stringify({ passed, failed }))
  }
}
