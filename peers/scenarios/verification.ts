/** What it costs to ask the program, and that asking renews nothing of anybody. */

import type { CliName } from '../../src/cli-credentials/credential-file.ts'
import { type Proof, proofs, type Scenario, type Stage } from '../scenario.ts'

const SWITCHES = 5

export const verification: Scenario = {
  name: 'verification',
  title: 'asking the program who it is',
  // One after the other: milliseconds are measured.
  run: async (stage) => [
    ...(await measure(stage, 'claude', ['ada', 'brook'])),
    ...(await measure(stage, 'codex', ['grace', 'hopper'])),
  ],
}

async function measure(stage: Stage, cli: CliName, people: [string, string]): Promise<Proof[]> {
  const { all, prove } = proofs(cli)
  const alone = await switchOften(stage, cli, people, false)
  const asked = await switchOften(stage, cli, people, true)
  prove(
    'the program confirms every switch; without it the file is believed',
    asked.by.every((by) => by === 'cli') && alone.by.every((by) => by === 'file'),
    `${asked.by.length} and ${alone.by.length} switches`,
  )
  const renewals = asked.world.fake.ledger.entries.filter(({ endpoint }) => endpoint === `${cli}.refresh`)
  prove('asking renews nobody’s token', renewals.length === 0, `${renewals.length} renewals by the vendor’s ledger`)
  const strangers = asked.world.fake.ledger.entries.filter(({ endpoint }) => /revoke|exchange/.test(endpoint))
  prove('and ends nobody’s login', strangers.length === 0, `${strangers.length} sign-outs`)
  prove(
    'what a switch takes',
    true,
    `median ${median(asked.ms)} ms with the program asked, ${median(alone.ms)} ms without`,
  )
  return all
}

async function switchOften(stage: Stage, cli: CliName, people: [string, string], hasPrograms: boolean) {
  const world = await stage.open(cli, { hasPrograms })
  const owned = [await world.own(people[0]), await world.own(people[1])]
  const ms: number[] = []
  const by: string[] = []
  for (let turn = 0; turn < SWITCHES; turn++) {
    const startedAt = performance.now()
    by.push((await world.activate(owned[turn % 2]!.accountId)).verifiedBy)
    ms.push(performance.now() - startedAt)
  }
  return { world, ms, by }
}

function median(values: readonly number[]): number {
  return Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!)
}
