/** K9, F33: the process is killed while it seals everything anew with another key, and while it restores an export. */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { systemRandom } from '../../src/lib/random.ts'
import { runKilledRestores } from '../../src/testing/killed-restore.ts'
import { runKilledRotations } from '../../src/testing/killed-rotation.ts'
import { type Finding, finding, type Scenario } from '../finding.ts'

export const keys: Scenario = {
  faults: ['K9', 'F33'],
  title: 'kills during a rotation of the key and during a restore',
  async run({ directory, isShort }) {
    const place = (name: string) => {
      mkdirSync(join(directory, name))
      return join(directory, name)
    }
    return [
      await rotations(place('rotations'), isShort ? 6 : 200),
      await restores(place('restores'), isShort ? 2 : 200),
    ]
  },
}

async function rotations(directory: string, kills: number): Promise<Finding> {
  const run = await runKilledRotations({ directory, kills, accounts: 40, random: systemRandom })
  const unreadable = run.envelopes - run.fewestReadable
  const old = run.oldAtEnd + run.formerAtEnd
  return finding('K9', `killed while the key is rotated, × ${run.kills}`, {
    measured: `${unreadable} of ${run.envelopes} sealed values unreadable after any kill, ${old} of an old key at the end, ${run.leftovers.length} files with leftovers (${run.rotations} rotations ended, ${run.resumed} of them taken up again)`,
    goal: '0, 0, 0',
    isMet: unreadable + old + run.leftovers.length === 0,
  })
}

async function restores(directory: string, kills: number): Promise<Finding> {
  const run = await runKilledRestores({ directory, kills, random: systemRandom })
  return finding('F33', `killed while an export is restored, × ${run.kills}`, {
    measured: `${run.neither.length} neither the old state nor the restored one (${run.old} old, ${run.restored} restored)`,
    goal: '0',
    isMet: run.neither.length === 0,
  })
}
