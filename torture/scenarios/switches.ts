/** F27: the process is killed while it hands a CLI's place from one account to another. */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { systemRandom } from '../../src/lib/random.ts'
import { type KilledSwitches, runKilledSwitches } from '../../src/testing/killed-switches.ts'
import { finding, type Scenario } from '../finding.ts'

export const switches: Scenario = {
  faults: ['F27'],
  title: 'kills during a switch',
  async run({ directory, isShort }) {
    const runs: KilledSwitches[] = []
    for (const [provider, kills] of [
      ['codex', isShort ? 10 : 160],
      ['claude', isShort ? 3 : 40],
    ] as const) {
      const place = join(directory, `switches-${provider}`)
      mkdirSync(place)
      runs.push(await runKilledSwitches({ directory: place, provider, kills, random: systemRandom }))
    }
    const sum = (of: (run: KilledSwitches) => number) => runs.reduce((total, run) => total + of(run), 0)
    const neither = sum((run) => run.neither.length)
    const wrong = sum((run) => run.wrongCustody.length)
    return [
      finding('F27', `killed while a CLI’s place is switched, × ${sum((run) => run.kills)}`, {
        measured: `${neither} files neither old nor new, ${wrong} accounts with the wrong custodian (${sum((run) => run.switches)} switches ended; cut off and then finished or taken back: ${runs.map((run) => `${run.finished} + ${run.takenBack} of ${run.kills}`).join(' with codex, ')} with Claude Code)`,
        goal: '0, 0',
        isMet: neither + wrong === 0,
      }),
    ]
  },
}
