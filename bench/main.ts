/**
 * `npm run bench`: measures every goal, the floor and the bare programs in the same rounds, and prints one table. Ends with
 * 1 where a goal is missed. `--only G1,G8` measures these goals only; `--rounds N` takes N times as many rounds.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Part } from './goal.ts'
import { answers } from './goals/answers.ts'
import { atRest } from './goals/at-rest.ts'
import { commands } from './goals/commands.ts'
import { history } from './goals/history.ts'
import { page } from './goals/page.ts'
import { refreshes } from './goals/refreshes.ts'
import { schedule } from './goals/schedule.ts'
import { start } from './goals/start.ts'
import { storms } from './goals/storms.ts'
import { handingOver } from './goals/switch.ts'
import { underLoad } from './goals/under-load.ts'
import { usagePages } from './goals/usage-pages.ts'
import { program, runCommand } from './process.ts'
import { type Row, table } from './row.ts'
import { median, spread } from './statistics.ts'

const PARTS: readonly Part[] = [
  start,
  atRest,
  page,
  answers,
  usagePages,
  commands,
  refreshes,
  underLoad,
  schedule,
  handingOver,
  storms,
  history,
]
const NOISE_SAMPLES = 20

const { values } = parseArgs({
  options: { only: { type: 'string' }, rounds: { type: 'string', default: '1' } },
})
const wanted = values.only?.toUpperCase().split(',')
const parts = PARTS.filter(({ goals }) => !wanted || goals.some((goal) => wanted.includes(goal)))
const known = PARTS.flatMap(({ goals }) => goals)
const unknown = wanted?.find((goal) => !known.includes(goal))
const rounds = Number(values.rounds)
if (unknown !== undefined || !Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write(`Usage: npm run bench -- [--only ${[...new Set(known)].join(',')}] [--rounds 1]\n`)
  process.exit(2)
}

const directory = mkdtempSync(join(tmpdir(), 'tokendeck-bench-'))
const startedAt = performance.now()
const rows: Row[] = []
const noise = await samples()
try {
  for (const part of parts) {
    process.stderr.write(`${part.title} …\n`)
    rows.push(...(await part.measure({ directory, rounds })))
  }
  noise.push(...(await samples()))
} finally {
  rmSync(directory, { recursive: true, force: true })
}
const shown = rows.filter(({ goal }) => !wanted || wanted.includes(goal))
process.stdout.write(`${table(shown)}\n\n${conditions()}\n`)
process.exit(shown.some(({ state }) => state === 'missed') ? 1 : 0)

/** The same small thing again and again, before and after: how quiet the machine was. */
async function samples(): Promise<number[]> {
  const figures: number[] = []
  for (let index = 0; index < NOISE_SAMPLES; index++)
    figures.push((await runCommand(program('bench/bare/empty.ts'))).ms)
  return figures
}

function conditions(): string {
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0)
  const noiseWords = `an empty program ${median(noise).toFixed(1)} ms ± ${(spread(noise) * 100).toFixed(0)} %`
  return `${cpus().length} processors, load ${loadavg()[0]!.toFixed(1)}, Bun ${Bun.version}; noise: ${noiseWords}; ${seconds} s in all.`
}
