/** Some races against a CLI in a process of its own; `npm run torture -- --only F8` runs a thousand. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { raceWithWriter } from '../testing/write-races.ts'

test('a switch while the CLI writes in place: no token lost, no file left that nobody can read', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'races-'))
  const result = await raceWithWriter(directory, 80)
  expect(result).toMatchObject({ lostTokens: 0, unreadableFiles: 0 })
  // They did meet.
  expect(result.startedAgain + result.wroteAside + result.overwrote).toBeGreaterThan(5)
  await rm(directory, { recursive: true })
})
