/**
 * `npm run torture`: what a login withstands, by the ledger of a provider that forgives nothing. `--short` takes about two
 * minutes; `--only F1,F4` does these only; `--write` puts what a full run found, or a full run of some, into docs/torture.md
 * and README. Ends with 1 where a goal is missed.
 */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Finding, type Scenario, table } from './finding.ts'
import { searchForTokens } from './leaks.ts'
import { type ScenarioResult, writeResults } from './results.ts'
import { SCENARIOS } from './scenarios/index.ts'

const LANES = 2
/** Of the tree that is tried. */
const COMMIT = commitOf(import.meta.dirname)

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
  found.set(scenario, { scenario: scenario.title, day, commit: COMMIT, load, seconds, machine, findings })
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

/** The commit that is checked out there; `unknown` outside git. */
function commitOf(directory: string): string {
  const { status, stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: directory, encoding: 'utf8' })
  return status === 0 ? stdout.trim() : 'unknown'
}
