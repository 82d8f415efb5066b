/** A rotation may be killed anywhere: everything can be read, and at the end nothing is left of the old keys. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemRandom } from '../lib/random.ts'
import { runKilledRotations, SPOOLED } from './killed-rotation.ts'

test('12 kills while keys are rotated: every row is readable after each, and no file holds anything of an old key', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tokendeck-killed-rotation-'))
  try {
    const run = await runKilledRotations({ directory, kills: 12, accounts: 40, random: systemRandom })
    expect(run).toMatchObject({ kills: 12, fewestReadable: run.envelopes, oldAtEnd: 0, formerAtEnd: 0, leftovers: [] })
    // Thirteen envelopes for each account, the head of the history, and what waits in the spool.
    expect(run.envelopes).toBe(40 * 13 + 1 + SPOOLED * 3)
    expect(run.rotations).toBeGreaterThan(0)
    expect(run.resumed).toBeGreaterThan(0)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}, 240_000)
