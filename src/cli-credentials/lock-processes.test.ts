/** Locks between real processes: ours, killed ones, and one that locks as the CLI does. */

import { mkdirSync, readFileSync, rmdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Clock, systemClock } from '../lib/clock.ts'
import { systemRandom } from '../lib/random.ts'
import { profilePlace } from './credential-places.ts'
import { lockPlace } from './place-lock.ts'

const PROGRAM = resolve(import.meta.dirname, '..', 'testing', 'lock-program.ts')

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lock-processes-'))
})
afterEach(() => rm(root, { recursive: true }))

const start = (...words: string[]) =>
  Bun.spawn([process.execPath, PROGRAM, ...words], { stdout: 'pipe', stderr: 'inherit' })
const take = (cli: 'claude' | 'codex', waitMs: number, clock: Clock = systemClock) =>
  lockPlace(profilePlace(cli, cli, root), { clock, random: systemRandom, waitMs, owner: 'tokendeck test' })

/** Fifty times as fast, and `ahead` of the machine's. */
const fastClock = (ahead: number): Clock => ({
  now: () => systemClock.now() + ahead,
  monotonic: () => systemClock.monotonic() * 50,
  sleep: (ms, signal) => systemClock.sleep(ms / 50, signal),
})

test.each(['claude', 'codex'] as const)(
  'two programs under the locks of %s never work at the same time',
  async (cli) => {
    const file = join(root, 'count')
    writeFileSync(file, '0')
    const programs = [start(cli, root, 'count', file, '12'), start(cli, root, 'count', file, '12')]
    expect(await Promise.all(programs.map(({ exited }) => exited))).toEqual([0, 0])
    expect(readFileSync(file, 'utf8')).toBe('24')
  },
)

test('a program that holds and is killed: kept out before, let in after', async () => {
  for (const cli of ['codex', 'claude'] as const) {
    const holder = start(cli, root, 'hold')
    await holder.stdout.getReader().read()
    const name = cli === 'claude' ? `tokendeck ${holder.pid}` : `process ${holder.pid}`
    const busy = { code: 'lock_busy', lock: { holder: process.platform === 'linux' || cli === 'claude' ? name : null } }
    await expect(take(cli, 200)).rejects.toMatchObject(busy)
    holder.kill('SIGKILL')
    await holder.exited
    // The system frees a lock of codex at once. A directory is found dead a minute later.
    const lock = await (cli === 'codex' ? take(cli, 1_000) : take(cli, 60_000, fastClock(61_000)))
    expect(await lock.stillHeld()).toBe(true)
    await lock.release()
  }
})

test('whoever locks as the CLI does keeps us out, and we them', async () => {
  const path = join(root, '.oauth_refresh.lock')
  /** Makes the directory, or takes over one that nobody touched for a minute. */
  const lockLikeTheCli = () => {
    try {
      mkdirSync(path)
      return true
    } catch {
      return statSync(path).mtimeMs < systemClock.now() - 60_000
    }
  }
  expect(lockLikeTheCli()).toBe(true)
  const refused = take('claude', 300)
  const now = () => systemClock.now() / 1_000
  utimesSync(path, now(), now())
  await expect(refused).rejects.toMatchObject({ code: 'lock_busy', path })
  rmdirSync(path)
  const ours = await take('claude', 300)
  expect(lockLikeTheCli()).toBe(false)
  await ours.release()
  expect(lockLikeTheCli()).toBe(true)
})
