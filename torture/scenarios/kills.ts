/** F1: kill -9 at random instants and at every point of a refresh in turn, against a strict and a lenient provider. */

import { type Finding, finding, type Scenario, type Torture, timedFinding } from '../finding.ts'
import { makeWorld } from '../home.ts'
import { CLASSES, type Kill, killLoop, type Tally } from '../kill-loop.ts'
import { KILL_POINTS } from '../orders.ts'
import { TOKENDECK } from '../program.ts'
import type { Reuse } from '../provider.ts'

/** A refresh takes a few milliseconds, so that many of these find it done; as many find it on its way. */
const RANDOM_MS = 60
export const GRACE_MS = 30_000
const LOSS_LIMIT = 0.03
const TOLD_LIMIT_MS = 10_000

export const kills: Scenario = {
  faults: ['F1'],
  title: 'kill -9 in the middle of refreshes',
  async run(torture) {
    const [strict, grace] = await Promise.all([run(torture, 'strict'), run(torture, GRACE_MS)])
    return [...strictFindings(strict, torture.isShort), ...graceFindings(grace)]
  },
}

/** Half at random instants, half at the points in turn. */
export function* killPlan(count: number): Generator<Kill> {
  for (let index = 0; index < count; index++) {
    if (index % 2 === 0) yield Math.random() * RANDOM_MS
    else yield KILL_POINTS[((index - 1) / 2) % KILL_POINTS.length]!
  }
}

async function run({ directory, isShort }: Torture, reuse: Reuse): Promise<Tally> {
  const { provider, home, close } = await makeWorld(directory, { reuse })
  const kills = killPlan(isShort ? 40 : 1_000)
  const tally = await killLoop({ kind: TOKENDECK, provider, environment: home.environment, kills })
  await close()
  return tally
}

function strictFindings(tally: Tally, isShort: boolean): Finding[] {
  const { not_spent: notSpent, acknowledged } = tally.classes
  const share = tally.randomLost / tally.randomKills
  return [
    finding('F1', `strict provider, ${tally.kills} kills`, {
      measured: classWords(tally),
      goal: '0 lost in not spent and acknowledged',
      isMet: notSpent.lost + acknowledged.lost === 0,
    }),
    timedFinding(isShort, 'F1', `of these at random instants: ${tally.randomKills}`, {
      measured: `${tally.randomLost} lost (${(share * 100).toFixed(1)} %)`,
      goal: `≤ ${LOSS_LIMIT * 100} %`,
      isMet: share <= LOSS_LIMIT,
    }),
    ...honesty(tally, 'strict provider'),
  ]
}

function graceFindings(tally: Tally): Finding[] {
  const lost = CLASSES.reduce((sum, name) => sum + tally.classes[name].lost, 0)
  return [
    finding('F1', `provider with ${GRACE_MS / 1_000} s of grace, ${tally.kills} kills`, {
      measured: classWords(tally),
      goal: '0 lost',
      isMet: lost === 0,
    }),
    ...honesty(tally, 'with grace'),
  ]
}

function honesty(tally: Tally, where: string): Finding[] {
  const isMet = tally.silent + tally.corrupt + tally.secondSpends + tally.notes.length === 0
  const findings = [
    finding('F1', `${where}: losses untold, databases damaged, tokens spent once too often`, {
      measured: [`${tally.silent}, ${tally.corrupt}, ${tally.secondSpends}`, ...tally.notes].join('; '),
      goal: '0, 0, 0',
      isMet,
    }),
  ]
  if (tally.toldAfterMs === 0) return findings
  const told = {
    measured: `${(tally.toldAfterMs / 1_000).toFixed(1)} s at most`,
    goal: `≤ ${TOLD_LIMIT_MS / 1_000} s`,
    isMet: tally.toldAfterMs <= TOLD_LIMIT_MS,
  }
  return [...findings, finding('F1', `${where}: from restart to “sign in again”`, told)]
}

function classWords({ classes }: Tally): string {
  return CLASSES.map((name) => {
    const { kept, lost } = classes[name]
    return `${name.replaceAll('_', ' ')} ${lost}/${kept + lost} lost`
  }).join(', ')
}
