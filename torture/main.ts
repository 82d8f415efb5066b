/**
 * `npm run torture`: what a login withstands, by the ledger of a provider that forgives nothing. `--short` takes about two
 * minutes; `--only F1,F4` does these only; `--write` puts what a full run found, or a full run of some, into docs/torture.md
 * and README. Ends with 1 where a goal is missed.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Finding, type Scenario, table } from './finding.ts'
import { searchForTokens } from './leaks.ts'
import { type ScenarioResult, writeResults } from './results.ts'
import { callers } from './scenarios/callers.ts'
import { cliFiles } from './scenarios/cli-files.ts'
import { clock } from './scenarios/clock.ts'
import { diskFull } from './scenarios/disk-full.ts'
import { durability } from './scenarios/durability.ts'
import { foreignWriter } from './scenarios/foreign-writer.ts'
import { history } from './scenarios/history.ts'
import { keys } from './scenarios/keys.ts'
import { killsAtPoints, killsAtRandom } from './scenarios/kills.ts'
import { lostAnswers } from './scenarios/lost-answers.ts'
import { malformed } from './scenarios/malformed.ts'
import { outage } from './scenarios/outage.ts'
import { pause } from './scenarios/pause.ts'
import { race } from './scenarios/race.ts'
import { rules } from './scenarios/rules.ts'
import { secondWriter } from './scenarios/second-writer.ts'
import { sharedDatabase } from './scenarios/shared-database.ts'
import { sigterm } from './scenarios/sigterm.ts'
import { simulated } from './scenarios/simulated.ts'
import { soak } from './scenarios/soak.ts'
import { strategies } from './scenarios/strategies.ts'
import { switches } from './scenarios/switches.ts'
import { syncs } from './scenarios/syncs.ts'

const SCENARIOS: readonly Scenario[] = [
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
const machine = `${cpus().length} processors, Bun ${Bun.version}, ${process.platform}`
const found = new Map<Scenario, ScenarioResult>()
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

const findings = scenarios.flatMap((scenario) => found.get(scenario)?.findings ?? [])
const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0)
process.stdout.write(`${table(findings)}\n\n${machine}; ${seconds} s in all.\n`)
if (process.env.TOKENDECK_COUNTS) {
  const failures = findings
    .filter(({ state }) => state === 'missed')
    .map(({ fault, what, measured, goal }) => `${fault}, ${what}: ${measured}; the goal is ${goal}`)
  const counts = { passed: scenarios.length - failedScenarios, failed: failedScenarios, failures }
  writeFileSync(process.env.TOKENDECK_COUNTS, JSON.stringify(counts))
}
process.exit(failedScenarios === 0 ? 0 : 1)

async function torment(scenario: Scenario): Promise<void> {
  const scenarioStartedAt = performance.now()
  const day = new Date().toISOString().slice(0, 10)
  const load = loadavg()[0]!
  const findings = await runScenario(scenario)
  const seconds = (performance.now() - scenarioStartedAt) / 1_000
  found.set(scenario, { scenario: scenario.title, day, load, seconds, machine, findings })
  // At once: what was found is not lost with what comes later.
  if (values.write && !values.short) {
    writeResults(
      [...found.values()],
      SCENARIOS.map(({ title }) => title),
    )
  }
  const isFine = findings.every(({ state }) => state !== 'missed')
  if (!isFine) failedScenarios += 1
  process.stderr.write(`${scenario.title}: ${isFine ? 'kept' : 'MISSED'} in ${seconds.toFixed(1)} s\n`)
}

/** A scenario that breaks off has missed its goal. */
async function runScenario(scenario: Scenario): Promise<Finding[]> {
  try {
    const own = mkdtempSync(join(directory, `${scenario.faults[0]!.toLowerCase()}-`))
    return [...(await scenario.run({ directory: own, isShort: values.short })), ...searchForTokens(own)]
  } catch (error) {
    const measured = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return [{ fault: scenario.faults[0]!, what: scenario.title, measured, goal: 'an end', state: 'missed' }]
  }
}
