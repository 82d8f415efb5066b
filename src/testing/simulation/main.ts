/**
 * `npm run simulate`: many runs, each under its own seed. Prints what became of them, and for a broken rule the seed and its
 * story. Ends with 1 for a broken rule, and where a hundred thousand take longer than two minutes. `--count N` (100,000),
 * `--first S` (1), `--processes N` (one a core); `--seed S` runs one seed and tells its story.
 */

import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { installSeam } from './seam.ts'

/** What a number of runs came to. */
interface Tally {
  runs: number
  steps: number
  fates: Record<string, number>
  broken: { seed: number; rule: string }[]
}

/** So many broken seeds are enough to look at. */
const MOST_BROKEN = 20
/** A proof that takes longer is not run. */
const PROOF = { runs: 100_000, seconds: 120 }

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    first: { type: 'string', default: '1' },
    processes: { type: 'string', default: String(availableParallelism()) },
    seed: { type: 'string' },
    /** For the processes that this one starts: run here, and print the tally only. */
    part: { type: 'boolean', default: false },
  },
})
const [count, first, processes] = [Number(values.count), Number(values.first), Number(values.processes)]

installSeam()
const { Simulation } = await import('./simulation.ts')

if (values.seed !== undefined) process.exit(tell(Number(values.seed)) ? 0 : 1)
if (values.part) {
  process.stdout.write(JSON.stringify(runAll(first, count)))
  process.exit(0)
}

const startedAt = performance.now()
const tally = processes === 1 ? runAll(first, count) : await runInParts()
const seconds = (performance.now() - startedAt) / 1000
const fates = Object.entries(tally.fates).map(([fate, logins]) => `${logins} ${fate}`)
process.stdout.write(
  `${tally.runs} interleavings, ${tally.steps} steps in ${seconds.toFixed(1)} s ` +
    `(${Math.round(tally.runs / seconds)} a second); logins: ${fates.join(', ')}; broken rules: ${tally.broken.length}\n`,
)
for (const { seed, rule } of tally.broken.slice(0, MOST_BROKEN)) {
  process.stdout.write(`seed ${seed}: ${rule}\n  npm run simulate -- --seed ${seed}\n`)
}
const isTooSlow = tally.runs >= PROOF.runs && seconds > PROOF.seconds * (tally.runs / PROOF.runs)
if (isTooSlow) process.stdout.write(`too slow: ${PROOF.runs} may take ${PROOF.seconds} s\n`)
process.exit(tally.broken.length === 0 && !isTooSlow ? 0 : 1)

function runAll(from: number, runs: number): Tally {
  const tally: Tally = { runs: 0, steps: 0, fates: {}, broken: [] }
  for (let seed = from; seed < from + runs; seed++) {
    const simulation = new Simulation(seed)
    tally.runs++
    try {
      for (const fate of simulation.run()) tally.fates[fate] = (tally.fates[fate] ?? 0) + 1
    } catch (error) {
      tally.broken.push({ seed, rule: error instanceof Error ? error.message : String(error) })
    }
    tally.steps += simulation.world.steps
  }
  return tally
}

async function runInParts(): Promise<Tally> {
  const share = Math.ceil(count / processes)
  const parts = Array.from({ length: processes }, async (_, part): Promise<Tally> => {
    const from = first + part * share
    const own = ['--part', '--first', String(from), '--count', String(Math.min(share, first + count - from))]
    const child = Bun.spawn([process.execPath, '--no-env-file', import.meta.path, ...own], { stderr: 'inherit' })
    return JSON.parse(await new Response(child.stdout).text())
  })
  return (await Promise.all(parts)).reduce((all, part) => {
    for (const [fate, logins] of Object.entries(part.fates)) all.fates[fate] = (all.fates[fate] ?? 0) + logins
    const broken = [...all.broken, ...part.broken]
    return { runs: all.runs + part.runs, steps: all.steps + part.steps, fates: all.fates, broken }
  })
}

/** Runs one seed and prints everything that happened. True when no rule was broken. */
function tell(seed: number): boolean {
  const simulation = new Simulation(seed, true)
  try {
    simulation.run()
    process.stdout.write(`${simulation.world.trace.join('\n')}\n`)
    return true
  } catch (error) {
    process.stdout.write(`${simulation.world.trace.join('\n')}\nseed ${seed}: ${String(error)}\n`)
    return false
  }
}
