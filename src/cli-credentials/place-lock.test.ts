import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Clock, systemClock } from '../lib/clock.ts'
import { fakeRandom, steadyRandom } from '../testing/fake-random.ts'
import type { CredentialPlace } from './credential-file.ts'
import { profilePlace } from './credential-places.ts'
import { holderOfFileLock, systemFlock, takeFileLock } from './file-lock.ts'
import { LockWait } from './lock-wait.ts'
import { type LockOptions, lockPlace } from './place-lock.ts'

let root: string
let claude: CredentialPlace
let codex: CredentialPlace
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lock-'))
  claude = profilePlace('claude', 'claude', join(root, 'claude'))
  codex = profilePlace('codex', 'codex', join(root, 'codex'))
})
afterEach(() => rm(root, { recursive: true }))

/** Waits take no time, but for the beat of a held lock, which comes when `beat` says so. */
class HurriedClock implements Clock {
  wall = Date.UTC(2026, 10, 22, 9)
  passed = 0
  onSleep = () => {}
  #beats: (() => void)[] = []

  now = () => this.wall
  monotonic = () => this.passed

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms < 3_000) {
      this.pass(ms)
      return this.onSleep()
    }
    await new Promise<void>((resolve) => {
      this.#beats.push(resolve)
      signal?.addEventListener('abort', () => resolve())
    })
  }

  pass(ms: number): void {
    this.wall += ms
    this.passed += ms
  }

  /** Time goes on by one beat, and everybody who holds a lock touches it. */
  async beat(): Promise<void> {
    this.pass(3_000)
    for (const wake of this.#beats.splice(0)) wake()
    await systemClock.sleep(20)
  }
}

const options = (clock: Clock, more: Partial<LockOptions> = {}): LockOptions => ({
  clock,
  random: steadyRandom(1),
  waitMs: 10_000,
  owner: 'tokendeck test',
  ...more,
})
const names = (paths: readonly string[]) => paths.map((path) => path.slice(root.length))
const ageDirectory = (path: string, at: number) => {
  mkdirSync(path, { recursive: true })
  utimesSync(path, at / 1_000, at / 1_000)
}

test("Claude's locks are taken in its order, recorded, kept fresh, and gone afterwards", async () => {
  const clock = new HurriedClock()
  const lock = await lockPlace(claude, options(clock))
  const all = [
    '/claude/.oauth_refresh.lock',
    '/claude.lock',
    '/claude/.storage-write.lock',
    '/claude/.claude.json.lock',
  ]
  expect(names(lock.paths)).toEqual(all)
  const record = JSON.parse(readFileSync(join(root, 'claude', '.oauth_refresh.lock.owner'), 'utf8'))
  expect(record).toMatchObject({ pid: process.pid, lockBirthtimeMs: lstatSync(lock.paths[0]!).birthtimeMs })
  expect(statSync(join(root, 'claude')).mode & 0o777).toBe(0o700)
  await clock.beat()
  for (const path of lock.paths) expect(Math.abs(lstatSync(path).mtimeMs - clock.now())).toBeLessThan(2)
  expect(await lock.stillHeld()).toBe(true)
  await lock.release()
  await lock.release()
  expect([readdirSync(root), readdirSync(join(root, 'claude'))]).toEqual([['claude'], []])
  const outer = await lockPlace(claude, options(clock, { scope: 'refresh' }))
  expect(names(outer.paths)).toEqual(all.slice(0, 2))
  await outer.release()
  const bare = await lockPlace({ ...claude, companionPath: null }, options(clock))
  expect(names(bare.paths)).toEqual(all.slice(0, 3))
  await bare.release()
})

test('a busy lock is named, with its age and its holder; those before it are given back', async () => {
  const clock = new HurriedClock()
  const first = await lockPlace(claude, options(clock, { owner: 'tokendeck 4711' }))
  const busy = { code: 'lock_busy', lock: { ageMs: expect.any(Number), holder: 'tokendeck 4711' } }
  await expect(lockPlace(claude, options(clock, { waitMs: 500 }))).rejects.toMatchObject(busy)
  await first.release()
  ageDirectory(join(root, 'claude', '.storage-write.lock'), clock.now() - 9_000)
  await expect(lockPlace(claude, options(clock, { waitMs: 500 }))).rejects.toMatchObject({
    code: 'lock_busy',
    path: join(root, 'claude', '.storage-write.lock'),
    lock: { holder: null },
  })
  expect(readdirSync(join(root, 'claude'))).toEqual(['.storage-write.lock'])
})

test("the CLI's own record names its process, but only for the lock that it is of", async () => {
  const clock = new HurriedClock()
  const path = join(root, 'claude', '.oauth_refresh.lock')
  const refused = () => lockPlace(claude, options(clock, { waitMs: 0 })).catch(({ lock }) => lock.holder)
  const record = (lockBirthtimeMs: number) =>
    writeFileSync(`${path}.owner`, JSON.stringify({ pid: 4711, pidDomain: 'd', pidSpace: 's', lockBirthtimeMs }))
  ageDirectory(path, clock.now())
  expect(await refused()).toBeNull()
  record(lstatSync(path).birthtimeMs)
  expect(await refused()).toBe('process 4711')
  record(1)
  expect(await refused()).toBeNull()
  writeFileSync(`${path}.owner`, '[]')
  expect(await refused()).toBeNull()
})

test('200 of 200 orphaned and future-dated locks are freed within 90 seconds, and no younger one is', async () => {
  const random = fakeRandom(7)
  const limits = { '.oauth_refresh.lock': 60_000, '.storage-write.lock': 15_000, '.claude.json.lock': 10_000 }
  const [places, ages] = [Object.entries(limits), [1, -1]]
  let slowest = 0
  for (let turn = 0; turn < 200; turn++) {
    const clock = new HurriedClock()
    const [name, staleMs] = places[turn % 3]!
    // From just short of its time to a month away, in the past and in the future.
    const age =
      ages[turn % 2]! * (turn % 5 === 0 ? staleMs * random.fraction() : staleMs + random.fraction() * 30 * 86_400_000)
    ageDirectory(join(root, 'claude', name), clock.now() - age)
    const startedAt = clock.now()
    const lock = await lockPlace(claude, options(clock, { waitMs: 90_000 }))
    const waited = clock.now() - startedAt
    // One that is dated ahead by less than its time is known to be dead once that time was watched.
    const untilStale = Math.abs(age) > staleMs ? 0 : age >= 0 ? staleMs - age : staleMs
    expect(waited).toBeGreaterThan(Math.max(untilStale, 5_000))
    expect(waited).toBeLessThan(untilStale + 5_300)
    slowest = Math.max(slowest, waited)
    expect(await lock.stillHeld()).toBe(true)
    await lock.release()
  }
  expect(slowest).toBeLessThanOrEqual(90_000)
  expect(readdirSync(join(root, 'claude'))).toEqual([])
})

test('who looks in vain and comes again has not forgotten what it saw; all locks of a place are watched at once', async () => {
  const clock = new HurriedClock()
  for (const name of ['.oauth_refresh.lock', '.storage-write.lock']) {
    ageDirectory(join(root, 'claude', name), clock.now() + 59_000)
  }
  const startedAt = clock.now()
  const short = () => lockPlace(claude, options(clock, { waitMs: 15_000 }))
  for (let tries = 0; tries < 3; tries++) {
    await expect(short()).rejects.toMatchObject({ code: 'lock_busy' })
    clock.pass(1_000)
  }
  const lock = await short()
  expect(clock.now() - startedAt).toBeLessThan(70_000)
  await lock.release()
})

test('a holder that is alive after a long sleep of the machine is not taken for dead by what was seen before', async () => {
  const clock = new HurriedClock()
  const path = join(root, 'claude', '.oauth_refresh.lock')
  ageDirectory(path, clock.now())
  await expect(lockPlace(claude, options(clock, { waitMs: 1_000 }))).rejects.toMatchObject({ code: 'lock_busy' })
  clock.pass(3_600_000)
  let sleeps = 0
  clock.onSleep = () => {
    if (++sleeps % 40 === 0) utimesSync(path, clock.now() / 1_000, clock.now() / 1_000)
  }
  await expect(lockPlace(claude, options(clock))).rejects.toMatchObject({ code: 'lock_busy' })
})

test('a holder that beats is never taken for dead, however wrong its clock is', async () => {
  const clock = new HurriedClock()
  const path = join(root, 'claude', '.oauth_refresh.lock')
  const hoursBehind = () => clock.now() - 7_200_000
  ageDirectory(path, hoursBehind())
  let [beats, sleeps] = [0, 0]
  clock.onSleep = () => {
    if (++sleeps % 40 === 0) utimesSync(path, hoursBehind() / 1_000, hoursBehind() / 1_000 + ++beats)
  }
  await expect(lockPlace(claude, options(clock, { waitMs: 120_000 }))).rejects.toMatchObject({ code: 'lock_busy' })
  expect(beats).toBeGreaterThan(20)
  expect(lstatSync(path).isDirectory()).toBe(true)
})

test('of two who find it dead, the slower one leaves the lock of the quicker alone', async () => {
  const clock = new HurriedClock()
  const path = join(root, 'claude', '.oauth_refresh.lock')
  ageDirectory(path, 1)
  const bytes = (length: number) => {
    rmdirSync(path)
    ageDirectory(path, clock.now())
    return new Uint8Array(length)
  }
  const slower = lockPlace(claude, options(clock, { random: { ...steadyRandom(1), bytes } }))
  await expect(slower).rejects.toMatchObject({ code: 'lock_busy', path })
  expect(readdirSync(join(root, 'claude'))).toEqual(['.oauth_refresh.lock'])
})

test('a lock that was taken from us is noticed, not touched and not removed', async () => {
  const clock = new HurriedClock()
  const lock = await lockPlace(claude, options(clock))
  const path = lock.paths[2]!
  rmdirSync(path)
  await systemClock.sleep(2)
  ageDirectory(path, clock.now() + 1)
  expect(await lock.stillHeld()).toBe(false)
  const before = lstatSync(path).mtimeMs
  await clock.beat()
  expect(lstatSync(path).mtimeMs).toBe(before)
  await lock.release()
  expect(readdirSync(join(root, 'claude'))).toEqual(['.storage-write.lock'])
})

test('what lies in the way and is no lock stays: a file, a full directory', async () => {
  const clock = new HurriedClock()
  mkdirSync(join(root, 'claude'))
  const path = join(root, 'claude', '.oauth_refresh.lock')
  mkdirSync(join(path, 'something'), { recursive: true })
  utimesSync(path, 1, 1)
  await expect(lockPlace(claude, options(clock))).rejects.toMatchObject({ code: 'lock_busy' })
  expect(readdirSync(join(root, 'claude'))).toEqual(['.oauth_refresh.lock'])
  rmdirSync(join(path, 'something'))
  rmdirSync(path)
  writeFileSync(path, 'mine')
  utimesSync(path, 1, 1)
  await expect(lockPlace(claude, options(clock))).rejects.toMatchObject({ code: 'lock_busy' })
  expect(readFileSync(path, 'utf8')).toBe('mine')
})

test('waiting ends when the person goes away, and directories that cannot be made are said', async () => {
  const clock = new HurriedClock()
  const gone = new AbortController()
  ageDirectory(join(root, 'claude', '.oauth_refresh.lock'), clock.now())
  clock.onSleep = () => gone.abort(new Error('gone'))
  await expect(lockPlace(claude, options(clock, { signal: gone.signal }))).rejects.toThrow('gone')
  await expect(lockPlace(codex, options(clock, { signal: gone.signal }))).rejects.toThrow('gone')
  const nowhere = profilePlace('claude', 'claude', join(root, 'missing', 'home', '.claude'))
  await expect(lockPlace(nowhere, options(clock))).rejects.toMatchObject({ code: 'not_permitted', detail: 'ENOENT' })
  writeFileSync(join(root, 'codex'), '')
  await expect(lockPlace(codex, options(clock))).rejects.toMatchObject({ code: 'not_permitted' })
  const homeless = {
    ...profilePlace('claude', 'claude', join(root, 'other')),
    companionPath: join(root, 'no', '.claude.json'),
  }
  await expect(lockPlace(homeless, options(clock))).rejects.toMatchObject({ code: 'not_permitted', detail: 'ENOENT' })
  expect(readdirSync(join(root, 'other'))).toEqual([])
})

test("codex's locks: two files that stay, held by the system", async () => {
  const clock = new HurriedClock()
  const lock = await lockPlace(codex, options(clock))
  expect(names(lock.paths)).toEqual(['/codex/auth.lock', '/codex/auth.json.lock'])
  expect(await lock.stillHeld()).toBe(true)
  const busy = { code: 'lock_busy', path: lock.paths[0], lock: { ageMs: null } }
  await expect(lockPlace(codex, options(clock, { waitMs: 500 }))).rejects.toMatchObject(busy)
  await lock.release()
  await lock.release()
  expect(await lock.stillHeld()).toBe(false)
  const again = await lockPlace(codex, options(clock, { waitMs: 0 }))
  // Whoever removes the file lets another in: said, not hidden.
  await rm(again.paths[1]!)
  expect(await again.stillHeld()).toBe(false)
  await again.release()
  expect(readdirSync(codex.directory)).toEqual(['auth.lock'])
})

test('a system without flock says so; a lock that is a link or cannot be locked is refused', async () => {
  const clock = new HurriedClock()
  const windows = lockPlace(codex, options(clock, { platform: 'win32' }))
  await expect(windows).rejects.toMatchObject({ code: 'lock_unsupported', detail: 'no flock' })
  const path = join(root, 'codex', 'auth.lock')
  await symlink(join(root, 'elsewhere'), path)
  await expect(lockPlace(codex, options(clock))).rejects.toMatchObject({ code: 'not_permitted', detail: 'ELOOP' })
  await rm(path)
  const wait = () => new LockWait(options(clock, { waitMs: 0 }), holderOfFileLock)
  const odd = takeFileLock(path, wait(), () => 95)
  await expect(odd).rejects.toMatchObject({ code: 'lock_unsupported', detail: 'errno 95' })
  await rm(path)
  await expect(takeFileLock('/dev/null', wait(), () => 0)).rejects.toMatchObject({ code: 'foreign' })
  expect(await holderOfFileLock(path)).toBeNull()
  expect(await holderOfFileLock(root, join(root, 'no-list'))).toBeNull()
})

test('a lock file that was made anew while we waited for the old one is the one that counts', async () => {
  const clock = new HurriedClock()
  const path = join(root, 'auth.lock')
  writeFileSync(path, '')
  const flock = (await systemFlock(process.platform))!
  let calls = 0
  const wait = new LockWait(options(clock), holderOfFileLock)
  const lock = await takeFileLock(path, wait, (descriptor, operation) => {
    if (calls++ === 0) {
      rmSync(path)
      writeFileSync(path, '')
    }
    return flock(descriptor, operation)
  })
  expect(calls).toBe(2)
  expect(await lock.stillHeld()).toBe(true)
  await lock.release()
})

test('a lock that goes while we look at it is tried for at once', async () => {
  const clock = new HurriedClock()
  const path = join(root, 'claude', '.oauth_refresh.lock')
  ageDirectory(path, clock.now())
  clock.onSleep = () => rmSync(path, { recursive: true, force: true })
  const lock = await lockPlace(claude, options(clock))
  expect(clock.passed).toBeLessThan(200)
  // Taken from us and not replaced: nothing to touch, nothing to remove.
  for (const taken of lock.paths) rmSync(taken, { recursive: true })
  expect(await lock.stillHeld()).toBe(false)
  await clock.beat()
  await lock.release()
})
