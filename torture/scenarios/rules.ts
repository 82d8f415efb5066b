/** The rules of the refresh protocol are taken out one at a time: for each, the test that is named for it must notice. */

import { program } from '../../bench/process.ts'
import { finding, type Scenario } from '../finding.ts'
import { runToEnd } from '../program.ts'

/** `npm test` tries others of them beside this. */
const SOME = 'synced-commit,synced-spool,synced-name-in-the-spool'

export const rules: Scenario = {
  faults: ['MUTATIONS'],
  title: 'the rules taken out one at a time',
  async run({ isShort }) {
    const command = program('torture/mutations.ts', ...(isShort ? ['--only', SOME] : []))
    const { code, output } = await runToEnd(command, {})
    const lines = output.trim().split('\n')
    const unguarded = lines.filter((line) => line.startsWith('FAILED'))
    const names = lines.slice(0, -1).map((line) => /^\S+\s+([\w-]+):/.exec(line)?.[1])
    return [
      finding('§5', `taken out, each in turn: ${names.join(', ')}`, {
        measured: [lines.at(-1), ...unguarded].join('; '),
        goal: 'all guarded by a test of their own',
        isMet: code === 0 && unguarded.length === 0,
      }),
    ]
  },
}
