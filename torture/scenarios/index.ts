/** Every scenario, in the order in which docs/torture.md shows them. */

import type { Scenario } from '../finding.ts'
import { callers } from './callers.ts'
import { cliFiles } from './cli-files.ts'
import { clock } from './clock.ts'
import { diskFull } from './disk-full.ts'
import { durability } from './durability.ts'
import { foreignWriter } from './foreign-writer.ts'
import { history } from './history.ts'
import { keys } from './keys.ts'
import { killsAtPoints, killsAtRandom } from './kills.ts'
import { lostAnswers } from './lost-answers.ts'
import { malformed } from './malformed.ts'
import { outage } from './outage.ts'
import { pause } from './pause.ts'
import { race } from './race.ts'
import { rules } from './rules.ts'
import { secondWriter } from './second-writer.ts'
import { sharedDatabase } from './shared-database.ts'
import { sigterm } from './sigterm.ts'
import { simulated } from './simulated.ts'
import { soak } from './soak.ts'
import { strategies } from './strategies.ts'
import { switches } from './switches.ts'
import { syncs } from './syncs.ts'

export const SCENARIOS: readonly Scenario[] = [
  killsAtRandom,
  killsAtPoints,
  durability,
  syncs,
  race,
  callers,
  foreignWriter,
  cliFiles,
  switches,
  keys,
  history,
  pause,
  lostAnswers,
  outage,
  clock,
  sigterm,
  secondWriter,
  diskFull,
  sharedDatabase,
  malformed,
  soak,
  simulated,
  rules,
  strategies,
]
