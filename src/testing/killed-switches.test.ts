/** A program that is killed while it switches a CLI's place: the files are the old ones or the new ones, and custody is right. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemRandom } from '../lib/random.ts'
import { runKilledSwitches } from './killed-switches.ts'

test.each([
  ['codex', 6],
  ['claude', 2],
] as const)(
  '%s: %i kills during switches',
  async (provider, kills) => {
    const directory = mkdtempSync(join(tmpdir(), 'tokendeck-switches-'))
    try {
      const run = await runKilledSwitches({ directory, provider, kills, random: systemRandom })
      expect(run).toMatchObject({ kills, neither: [], wrongCustody: [] })
      expect(run.switches + run.finished + run.takenBack).toBeGreaterThan(0)
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  },
  120_000,
)
