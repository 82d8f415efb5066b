/** Generated files; `npm run torture -- --only F8` does ten thousand. */

import { expect, test } from 'vitest'
import { checkEmptied, checkSwitches } from '../testing/cli-file-properties.ts'

const RUNS = 400

test.each(['claude', 'codex'] as const)('a login goes into files of %s, and nothing else of them changes', (cli) => {
  expect(checkSwitches(cli, RUNS)).toBeGreaterThan(RUNS / 2)
})

test.each(['claude', 'codex'] as const)('a login goes out of files of %s, and nothing else of them changes', (cli) => {
  checkEmptied(cli, RUNS)
})
