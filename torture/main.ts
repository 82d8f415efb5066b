/**
 * `npm run torture`: what a login withstands, by the ledger of a provider that forgives nothing. `--short` takes about two
 * minutes; `--only F1,F4` does these only; `--write` puts the table of a full run into docs/torture.md. Ends with 1 where a
 * goal is missed.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Finding, type Scenario, table } from './finding.ts'
import { cliFiles } from './scenarios/cli-files.ts'
import { clock } from './scenarios/clock.ts'
import { diskFull } from './scenarios/disk-full.ts'
import { durability } from './scenarios/durability.ts'
import { foreignWriter } from './scenarios/foreign-writer.ts'
import { kills } from './scenarios/kills.ts'
import { lostAnswers } from './scenarios/lost-answers.ts'
import { pause } from './scenarios/pause.ts'
import { race } from './scenarios/race.ts'
import { sigterm } from './scenarios/sigterm.ts'
import { strategies } from './scenarios/strategies.ts'
import { switches } from './scenarios/switches.ts'

const SCENARIOS: readonly Scenario[] = [
  kills,
  durability,
  race,
  foreignWriter,
  cliFiles,
  switches,
  pause,
  lostAnswers,
  clock,
  sigterm,
  diskFull,
  strategies,
]
const LANES = 2

const { values } = parseArgs({
  options: { short: { type: 'boolean', default: false }, only: { type: 'string' }, write: { type: 'boolean' } },
})
const wanted = values.only?.toUpperCase().split(',')
const scenarios = SCENARIOS.filter(({ faults }) => !wanted || faults.some((fault) => wanted.includes(fault)))
if (scenarios.length === 0) {
  process.stderr.write(`There is: ${SCENARIOS.flatMap(({ faults }) => faults).join(', ')}\n`)
  process.exit(2)
}

const directory = mkdtempSync(join(tmpdir(), 'tokendeck-torture-'))
const startedAt = performance.now()
const found = new Map<Scenario, Finding[]>()
let failedScenarios = 0
try {
  // What is measured in milliseconds has the machine for itself.
  for (const scenario of scenarios.filter(({ isTimed }) => isTimed)) await torment(scenario)
  const waiting = scenarios.filter(({ isTimed }) => !isTimed)
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await torment(next)
  }
  // Much of it is waiting for a program to start, or for time to pass.
  await Promise.all(Array.from({ length: LANES }, lane))
} finally {
  rmSync(directory, { recursive: true, force: true })
}

const findings = scenarios.flatMap((scenario) => found.get(scenario) ?? [])
const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0)
const conditions = `${cpus().length} processors, Bun ${Bun.version}, ${process.platform}; ${seconds} s in all.`
process.stdout.write(`${table(findings)}\n\n${conditions}\n`)
if (values.write && !values.short && !wanted) {
  writeFileSync(resolve(import.meta.dirname, '..', 'docs', 'torture.md'), page(findings, conditions))
}
if (process.env.TOKENDECK_COUNTS) {
  const counts = { passed: scenarios.length - failedScenarios, failed: failedScenarios }
  writeFileSync(process.env.TOKENDECK_COUNTS, JSON.stringify(counts))
}
process.exit(failedScenarios === 0 ? 0 : 1)

async function torment(scenario: Scenario): Promise<void> {
  const scenarioStartedAt = performance.now()
  const results = await runScenario(scenario)
  found.set(scenario, results)
  const isFine = results.every(({ state }) => state !== 'missed')
  if (!isFine) failedScenarios += 1
  const seconds = ((performance.now() - scenarioStartedAt) / 1_000).toFixed(1)
  process.stderr.write(`${scenario.title}: ${isFine ? 'kept' : 'MISSED'} in ${seconds} s\n`)
}

/** A scenario that breaks off has missed its goal. */
async function runScenario(scenario: Scenario): Promise<Finding[]> {
  try {
    return await scenario.run({ directory, isShort: values.short })
  } catch (error) {
    const measured = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return [{ fault: scenario.faults[0]!, what: scenario.title, measured, goal: 'an end', state: 'missed' }]
  }
}

function page(all: readonly Finding[], conditions: string): string {
  return `# What a login withstands

Written by \`npm run torture -- --write\`. The judge is the ledger of the fake provider, which knows which refresh token was
spent, how often, and whether the answer was handed over whole. *Strict* means: a refresh token works once, and using it
again ends the login.

${table(all)}

${conditions}
`
}
