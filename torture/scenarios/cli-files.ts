/**
 * F6, F8, T21: the files that we share with the CLIs. Both sides refresh one login; the CLI writes in place while a login is
 * replaced; and ten thousand files in every shape are edited.
 */

import { join } from 'node:path'
import { checkEmptied, checkSwitches } from '../../src/testing/cli-file-properties.ts'
import { shareLogin } from '../../src/testing/shared-login-races.ts'
import { raceWithWriter } from '../../src/testing/write-races.ts'
import { type Finding, finding, type Scenario } from '../finding.ts'

export const cliFiles: Scenario = {
  faults: ['F6', 'T21'],
  title: 'files shared with the CLIs',
  async run({ directory, isShort }) {
    return [
      await bothRefresh(isShort ? 40 : 500),
      await raceForTheFile(join(directory, 'cli-files'), isShort ? 100 : 1_000),
      everyShape(isShort ? 500 : 10_000),
    ]
  },
}

async function bothRefresh(interleavings: number): Promise<Finding> {
  const result = await shareLogin(interleavings)
  return finding('F6', `the CLI and we refresh one login at the same time, under its locks, × ${interleavings}`, {
    measured: `${result.spentReplaced + result.spentTwice} replaced tokens spent by us, ${result.lost} lost (${result.ours} times we were first, ${result.byCli} times the CLI, of which ${result.adopted} adopted at once)`,
    goal: '0, 0',
    isMet: result.spentReplaced + result.spentTwice + result.lost === 0 && !result.isEnded,
  })
}

async function raceForTheFile(directory: string, races: number): Promise<Finding> {
  const result = await raceWithWriter(directory, races)
  return finding('F8', `the CLI truncates and writes its file while another login goes into it, × ${races}`, {
    measured: `${result.lostTokens} newest tokens lost, ${result.unreadableFiles} files left unreadable (we began again ${result.startedAgain} times; ${result.wroteAside} times it wrote into the replaced file, ${result.overwrote} times over ours)`,
    goal: '0, 0',
    isMet: result.lostTokens + result.unreadableFiles === 0,
  })
}

/** A breach throws, and the scenario has missed its goal. */
function everyShape(files: number): Finding {
  for (const cli of ['claude', 'codex'] as const) {
    checkSwitches(cli, files / 2)
    checkEmptied(cli, files / 2)
  }
  return finding('T21', `files in every shape: a login put in, and taken out, × ${files} each`, {
    measured: '0 bytes changed outside the login’s keys, 0 not readable as that login, 0 changed when done twice',
    goal: '0, 0, 0',
    isMet: true,
  })
}
