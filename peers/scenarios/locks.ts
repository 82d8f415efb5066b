/** Each side keeps to the locks of the other. */

import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { lockPlace } from '../../src/cli-credentials/place-lock.ts'
import { currentPair } from '../../src/testing/fake-grants.ts'
import { type Proof, proofs, type Scenario, type Stage, withEach } from '../scenario.ts'
import { NEARLY_DUE, until, type World } from '../world.ts'
import { tokenIn, useIt } from './renew.ts'

const ANSWER_MS = 3_000
const WAIT_MS = 20_000

export const locks: Scenario = {
  name: 'locks',
  title: 'locks',
  run: withEach(claude, codex),
}

function lock(world: World) {
  const { clock, random } = world.context
  return lockPlace(world.place, { clock, random, waitMs: WAIT_MS, owner: `tokendeck ${process.pid}` })
}

async function claude(stage: Stage): Promise<Proof[]> {
  const { all, prove } = proofs('claude')
  const world = await stage.open('claude')
  const ada = await world.own('ada', NEARLY_DUE)
  await world.activate(ada.accountId)
  const ours = await lock(world)
  await useIt(world, 'claude')
  prove(
    'while we hold its locks it renews nothing',
    world.renewals('claude') === 0,
    `${world.renewals('claude')} renewals`,
  )
  prove('and leaves them to us', await ours.stillHeld(), `${ours.paths.length} locks held`)

  // A session tries again, a moment later each time, and goes on when the locks are free.
  const session = world.run(world.place, ['-p', 'hello'], { timeoutMs: 30_000 })
  await Bun.sleep(ANSWER_MS)
  const whileHeld = world.renewals('claude')
  await ours.release()
  const renewedMs = await until(() => world.renewals('claude') === 1)
  prove(
    'a session waits for them, and renews once they are free',
    whileHeld === 0 && renewedMs !== null,
    `${renewedMs} ms after`,
  )
  await session

  const other = await stage.open('claude')
  const brook = await other.own('brook', NEARLY_DUE)
  await other.activate(brook.accountId)
  other.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'delay', ms: ANSWER_MS, after: true } })
  const using = useIt(other, 'claude')
  await until(() => other.renewals('claude') === 1)
  const before = tokenIn(other, 'claude')
  const held = await lock(other)
  prove(
    'we get its locks only when its new token is in the file',
    tokenIn(other, 'claude') !== before,
    'renewed before',
  )
  await held.release()
  await using
  return all
}

async function codex(stage: Stage): Promise<Proof[]> {
  const { all, prove } = proofs('codex')
  const world = await stage.open('codex')
  const grace = await world.own('grace', NEARLY_DUE)
  await world.activate(grace.accountId)
  const before = tokenIn(world, 'codex')
  const ours = await lock(world)
  const using = useIt(world, 'codex')
  await until(() => world.renewals('codex') === 1)
  const waitingMs = await until(() => waitersFor(join(world.place.directory, 'auth.lock')) > 0, 10_000)
  prove(
    'it waits at the lock that we hold, with its new token in hand',
    waitingMs !== null,
    `seen in /proc/locks after ${waitingMs} ms`,
  )
  await Bun.sleep(1_000)
  prove('its file stays as it was meanwhile', tokenIn(world, 'codex') === before, 'unchanged for 1 s')
  await ours.release()
  const writtenMs = await until(() => tokenIn(world, 'codex') !== before)
  await using
  prove('it writes once we let go', writtenMs !== null, `${writtenMs} ms after`)
  const adoptedMs = await until(() => world.isNewest(grace), 10_000)
  const isInFile = tokenIn(world, 'codex') === currentPair(grace.family).refreshToken
  prove(
    'and what it wrote is ours',
    adoptedMs !== null && isInFile,
    `after ${adoptedMs} ms; ${world.renewals('codex')} renewal, ${isInFile ? 'in its file' : 'not in its file'}`,
  )
  return all
}

/** Processes that wait for a flock(2) on this file. */
function waitersFor(path: string): number {
  const { ino } = statSync(path)
  const lines = readFileSync('/proc/locks', 'utf8').split('\n')
  return lines.filter((line) => line.includes('-> FLOCK') && line.includes(`:${ino} `)).length
}
