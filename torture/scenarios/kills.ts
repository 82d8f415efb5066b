/** F1: kill -9 at random instants, and at every point of a refresh in turn, against a strict and a lenient provider. */

import { type Finding, finding, type Scenario, type Torture, timedFinding } from '../finding.ts'
import { makeWorld } from '../home.ts'
import { CLASSES, type Kill, killLoop, type Tally } from '../kill-loop.ts'
import { KILL_POINTS } from '../orders.ts'
import { TOKENDECK } from '../program.ts'
import type { Reuse } from '../provider.ts'

/** A refresh takes a few milliseconds, so that many of these find it done; as many find it on its way. */
const RANDOM_MS = 60
export const GRACE_MS = 30_000
/** What is measured is how quickly an answer reaches the disk, not how quickly the runtime compiles that. */
export const WARM_UP = 40
const LOSS_LIMIT = 0.03
/** Of the few kills of a short run. With anything slow between the answer and the disk, more than half are lost. */
const TOLERABLE_LOSS = 0.5
const TOLD_LIMIT_MS = 10_000

/** Kills in a full run, of each kind and against each provider. */
const KILLS = 1_000

export const killsAtRandom: Scenario = {
  faults: ['F1', 'F1-RANDOM'],
  title: 'kill -9 at random instants',
  isTimed: true,
  async run(torture) {
    const count = torture.isShort ? 12 : KILLS
    const strict = await run(torture, 'strict', randomKills(count), torture.isShort ? 5 : WARM_UP)
    const share = strict.randomLost / strict.randomKills
    return [
      ...strictFindings(strict, 'at random instants'),
      timedFinding(torture.isShort, 'F1', 'of these, lost inside the window between the provider and the disk', {
        measured: `${strict.randomLost} of ${strict.randomKills} (${(share * 100).toFixed(1)} %)`,
        goal: `≤ ${LOSS_LIMIT * 100} %`,
        isMet: share <= LOSS_LIMIT,
        isTolerable: share <= TOLERABLE_LOSS,
      }),
      ...graceFindings(await run(torture, GRACE_MS, randomKills(count)), 'at random instants'),
    ]
  },
}

export const killsAtPoints: Scenario = {
  faults: ['F1', 'F1-POINTS'],
  title: 'kill -9 at every point of a refresh in turn',
  async run(torture) {
    const count = torture.isShort ? KILL_POINTS.length : KILLS
    const [strict, grace] = await Promise.all([
      run(torture, 'strict', killsInTurn(count)),
      run(torture, GRACE_MS, killsInTurn(count)),
    ])
    const where = `at ${KILL_POINTS.length} points in turn`
    return [...strictFindings(strict, where), ...graceFindings(grace, where)]
  },
}

function* randomKills(count: number): Generator<Kill> {
  for (let index = 0; index < count; index++) yield Math.random() * RANDOM_MS
}

function* killsInTurn(count: number): Generator<Kill> {
  for (let index = 0; index < count; index++) yield KILL_POINTS[index % KILL_POINTS.length]!
}

/** Half at random instants, half at the points in turn. */
export function* killPlan(count: number): Generator<Kill> {
  const [random, points] = [randomKills(count), killsInTurn(count)]
  for (let index = 0; index < count; index++) yield (index % 2 === 0 ? random : points).next().value as Kill
}

async function run({ directory }: Torture, reuse: Reuse, kills: Iterable<Kill>, warmUp?: number): Promise<Tally> {
  const { provider, home, close } = await makeWorld(directory, { reuse })
  const tally = await killLoop({ kind: TOKENDECK, provider, environment: home.environment, kills, warmUp })
  await close()
  return tally
}

function strictFindings(tally: Tally, where: string): Finding[] {
  const { not_spent: notSpent, acknowledged } = tally.classes
  return [
    finding('F1', `strict provider, ${tally.kills} kills ${where}`, {
      measured: classWords(tally),
      goal: '0 lost in not spent and acknowledged',
      isMet: notSpent.lost + acknowledged.lost === 0,
    }),
    ...honesty(tally, 'strict provider'),
  ]
}

function graceFindings(tally: Tally, kills: string): Finding[] {
  const lost = CLASSES.reduce((sum, name) => sum + tally.classes[name].lost, 0)
  return [
    finding('F1', `provider with ${GRACE_MS / 1_000} s of grace, ${tally.kills} kills ${kills}`, {
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
