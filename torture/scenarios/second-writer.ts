/**
 * F21: another program wants to write to the database, and to put its log away, all the time. It does not get in; every
 * answer is stored, and none waits long.
 */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { percentile } from '../../bench/statistics.ts'
import { finding, type Scenario } from '../finding.ts'
import { makeWorld } from '../home.ts'
import { startVictim, TOKENDECK } from '../program.ts'
import { isAlive } from '../provider.ts'

const STUCK_MS = 5_000

/** Opens the file as if it were its own, again and again; says how often it tried and got something. */
const WRITER = `
const { Database } = await import('bun:sqlite')
const { writeFileSync } = await import('node:fs')
const [path, report] = process.argv.slice(-2)
let tries = 0, writes = 0
for (;;) {
  for (const statement of ['BEGIN IMMEDIATE', 'PRAGMA wal_checkpoint(TRUNCATE)', 'delete from attempts']) {
    tries += 1
    try {
      const database = new Database(path)
      try { database.run(statement); writes += 1 } finally { database.close() }
    } catch (error) {
      if (!/locked|busy/i.test(String(error))) throw error
    }
  }
  if (tries % 30 === 0) { writeFileSync(report, JSON.stringify({ tries, writes })); await Bun.sleep(1) }
}`

export const secondWriter: Scenario = {
  faults: ['F21'],
  title: 'a second writer',
  async run({ directory, isShort }) {
    const commits = isShort ? 150 : 1_000
    const { provider, home, close } = await makeWorld(directory, { reuse: 'strict' })
    const victim = startVictim(TOKENDECK, home.environment)
    await victim.ask({ do: 'open' })
    const { login, family } = provider.signIn()
    await victim.ask({ do: 'connect', login })
    const report = join(directory, 'second-writer.json')
    const writer = Bun.spawn([process.execPath, '-e', WRITER, join(home.path, 'tokendeck.db'), report], {
      stdout: 'ignore',
      stderr: 'inherit',
    })
    try {
      while (!existsSync(report)) await Bun.sleep(10)
      const { samples = [] } = await victim.ask({ do: 'measure', count: commits })
      const { tries, writes } = JSON.parse(readFileSync(report, 'utf8')) as { tries: number; writes: number }
      writer.kill('SIGKILL')
      await victim.kill()
      const next = startVictim(TOKENDECK, home.environment)
      const { states } = await next.ask({ do: 'open' })
      await next.ask({ do: 'close' })
      const isKept = isAlive(family, states[0]!.refreshToken) && states[0]!.generation === commits + 1
      const slowest = Math.max(...samples)
      return [
        finding('F21', `another program tries to write and to checkpoint ${tries} times during ${commits} commits`, {
          measured: `${isKept ? 0 : 'some'} lost, slowest ${slowest.toFixed(0)} ms, p99 ${percentile(samples, 0.99).toFixed(1)} ms; it got in ${writes} times`,
          goal: `0 lost, 0 stuck longer than ${STUCK_MS / 1_000} s, 0 times`,
          isMet: isKept && slowest <= STUCK_MS && samples.length === commits && writes === 0,
        }),
      ]
    } finally {
      writer.kill('SIGKILL')
      await close()
    }
  },
}
