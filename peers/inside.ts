/**
 * The run itself, in a place without a network: raises loopback, shows that nothing else is there, serves the vendors and
 * plays the scenarios one after the other. Started by main.ts alone.
 *
 * Shape: one argument, the path of a JSON file of `Run`; what was proven goes to the path that it names
 */

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CliName } from '../src/cli-credentials/credential-file.ts'
import type { Certificates } from './certificates.ts'
import { raiseLoopback, waysOut } from './loopback.ts'
import { type Proof, proofs, type Scenario, type Stage } from './scenario.ts'
import { SCENARIOS } from './scenarios/index.ts'
import { startVendor } from './vendor.ts'
import { openWorld, type World } from './world.ts'

/** What the inner program is told. */
export interface Run {
  directory: string
  programs: Record<CliName, string>
  certificates: Certificates
  only: string[] | null
  /** Where the results go, as JSON of `Played[]`. */
  results: string
}

/** A scenario that was played. */
export interface Played {
  name: string
  title: string
  seconds: number
  proofs: Proof[]
}

/** A scenario that takes longer hangs. */
const SCENARIO_DEADLINE_MS = 120_000

const run: Run = JSON.parse(readFileSync(process.argv[2]!, 'utf8'))
raiseLoopback()
const played: Played[] = []
const out = await waysOut()
const { all, prove } = proofs('both')
prove('no network but loopback, every vendor’s name leads to it', out.length === 0, out.join('; ') || 'no way out')
played.push({ name: 'isolation', title: 'nothing leaves this machine', seconds: 0, proofs: all })
if (out.length === 0) {
  const vendor = startVendor(run.certificates)
  for (const scenario of SCENARIOS) {
    if (!run.only || run.only.includes(scenario.name)) await play(scenario)
  }
  await vendor.stop()

  async function play(scenario: Scenario): Promise<void> {
    const startedAt = performance.now()
    const worlds: World[] = []
    const directory = mkdtempSync(join(run.directory, `${scenario.name}-`))
    const { programs, certificates } = run
    const open: Stage['open'] = async (cli, options) => {
      const surroundings = { directory, vendor, programs, authority: certificates.authority }
      const world = await openWorld(surroundings, cli, options)
      worlds.push(world)
      return world
    }
    let found: Proof[]
    try {
      const late = Bun.sleep(SCENARIO_DEADLINE_MS).then(() => Promise.reject(new Error('it did not end')))
      found = await Promise.race([scenario.run({ open }), late])
    } catch (error) {
      const measured = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
      found = [{ cli: 'both', what: scenario.title, measured, isTrue: false }]
    }
    for (const world of worlds) await world.close()
    const seconds = (performance.now() - startedAt) / 1_000
    played.push({ name: scenario.name, title: scenario.title, seconds, proofs: found })
    const isFine = found.every(({ isTrue }) => isTrue)
    process.stderr.write(`${scenario.title}: ${isFine ? 'proven' : 'NOT PROVEN'} in ${seconds.toFixed(1)} s\n`)
  }
}
writeFileSync(run.results, JSON.stringify(played))
process.exit(0)
