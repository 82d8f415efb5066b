/** A restore may be killed anywhere: the old state or the restored one is there, never neither. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemRandom } from '../lib/random.ts'
import { runKilledRestores } from './killed-restore.ts'

/** The long form: `RESTORE_KILLS=200`. */
const KILLS = Number(process.env.RESTORE_KILLS ?? 16)

test('a restore that is killed leaves the old state or the restored one', {
  timeout: 60_000 + KILLS * 6_000,
}, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tokendeck-killed-restore-'))
  try {
    const run = await runKilledRestores({ directory, kills: KILLS, random: systemRandom })
    expect(run).toMatchObject({ kills: KILLS, neither: [] })
    expect(run.old).toBeGreaterThan(0)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
