/**
 * One lock of Claude Code: a directory that only one can make, whose time its holder keeps fresh. Who finds it old frees it.
 * Knows nothing of what is locked. Source: Claude Code 2.1.330, observed (the way of npm's proper-lockfile).
 */

import type { BigIntStats } from 'node:fs'
import { lstat, mkdir, rename, rmdir, utimes } from 'node:fs/promises'
import type { Clock } from '../lib/clock.ts'
import { CredentialError } from './credential-error.ts'
import type { HeldLock, LockWait } from './lock-wait.ts'

/** Every holder touches its directory at least this often. Milliseconds. */
const SLOWEST_BEAT_MS = 5_000
/** We touch ours this often: some are old after ten seconds. Milliseconds. */
const OWN_BEAT_MS = 3_000

/** Which directory, and after how long without a touch its holder counts as dead. Milliseconds. */
export interface DirectoryLockRule {
  path: string
  staleMs: number
}

/** A directory as it was seen. */
interface Sight {
  inode: bigint
  modifiedNs: bigint
}

/** Since when lock directories look as they do, by the monotonic clock: the wall clock, and their own time, may be wrong. */
class LockSights {
  readonly #seen = new Map<string, Sight & { since: number }>()

  /** Notes how a lock looks now, and gives for how long it has looked so. Milliseconds. */
  note(path: string, found: Sight | null, now: number): number {
    const before = this.#seen.get(path)
    if (found === null) this.#seen.delete(path)
    else if (!before || !isSame(before, found)) this.#seen.set(path, { ...found, since: now })
    return now - (this.#seen.get(path)?.since ?? now)
  }
}

/** What this process has seen by a clock: whoever looks in vain and comes again need not begin anew. */
const known = new WeakMap<Clock, LockSights>()

/**
 * Tells the dead from the living: without a touch for longer than its holder's time, by the clock (in the past or in the
 * future) or since we know it; and without a touch while we watch for longer than a holder's beat. The watching is for
 * holders that are alive while the clock jumps, as after a machine's sleep.
 */
export class StaleWatch {
  readonly #watched = new LockSights()
  readonly #known: LockSights

  constructor(private readonly wait: LockWait) {
    this.#known = known.get(wait.clock) ?? new LockSights()
    known.set(wait.clock, this.#known)
  }

  /** Begins to watch locks whose turn comes later. */
  async begin(rules: readonly DirectoryLockRule[]): Promise<void> {
    for (const { path } of rules) this.#note(path, await sightOf(path))
  }

  isDead({ path, staleMs }: DirectoryLockRule, found: Sight | null): boolean {
    const { watchedMs, knownMs } = this.#note(path, found)
    if (found === null) return false
    const isOld = Math.abs(this.wait.clock.now() - millisecondsOf(found)) > staleMs || knownMs > staleMs
    return isOld && watchedMs > SLOWEST_BEAT_MS
  }

  #note(path: string, found: Sight | null): { watchedMs: number; knownMs: number } {
    const now = this.wait.clock.monotonic()
    return { watchedMs: this.#watched.note(path, found, now), knownMs: this.#known.note(path, found, now) }
  }
}

/**
 * Takes the lock, freeing it first when its holder is dead.
 *
 * Errors: CredentialError `lock_busy`, `not_permitted`; the signal's reason
 */
export async function takeDirectoryLock(rule: DirectoryLockRule, wait: LockWait, watch: StaleWatch): Promise<HeldLock> {
  for (;;) {
    if (await makeDirectory(rule.path)) return DirectoryLock.take(rule.path, wait)
    const found = await sightOf(rule.path)
    if (watch.isDead(rule, found) && (await free(rule.path, found!, wait))) continue
    await wait.pause(rule.path, found && (() => Math.abs(wait.clock.now() - millisecondsOf(found))))
  }
}

/** True when it was made now: then it is ours. */
async function makeDirectory(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 })
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    throw new CredentialError('not_permitted', path, code ?? 'unmakeable')
  }
}

/**
 * Moves a dead directory away and removes it. Moving comes first: whoever else found it dead cannot then remove the living
 * one that is made in its place. True when the way is free.
 */
async function free(path: string, dead: Sight, { random }: LockWait): Promise<boolean> {
  const aside = `${path}.${Buffer.from(random.bytes(6)).toString('hex')}`
  try {
    await rename(path, aside)
    const moved = await sightOf(aside)
    if (moved && isSame(moved, dead)) {
      await rmdir(aside)
      return true
    }
    // Somebody was quicker and holds it again: back it goes, unless a third is there.
    await rename(aside, path)
  } catch {
    await rename(aside, path).catch(() => {})
  }
  return false
}

/** A directory that is ours, touched until it is released. */
class DirectoryLock implements HeldLock {
  readonly #ended = new AbortController()
  #beat: Promise<void> = Promise.resolve()

  private constructor(
    readonly path: string,
    private readonly wait: LockWait,
    private own: Sight,
  ) {}

  static async take(path: string, wait: LockWait): Promise<DirectoryLock> {
    const lock = new DirectoryLock(path, wait, (await sightOf(path)) ?? { inode: -1n, modifiedNs: -1n })
    await lock.#touch()
    lock.#beat = lock.#keepFresh()
    return lock
  }

  async stillHeld(): Promise<boolean> {
    const found = await sightOf(this.path)
    return found !== null && isSame(found, this.own)
  }

  async release(): Promise<void> {
    if (this.#ended.signal.aborted) return
    this.#ended.abort()
    await this.#beat
    if (await this.stillHeld()) await rmdir(this.path).catch(() => {})
  }

  async #keepFresh(): Promise<void> {
    const { clock } = this.wait
    while (!this.#ended.signal.aborted) {
      await clock.sleep(OWN_BEAT_MS, this.#ended.signal)
      if (!this.#ended.signal.aborted) await this.#touch()
    }
  }

  /** Only what is still ours: a touch would keep alive whoever took it from us and died. */
  async #touch(): Promise<void> {
    if (!(await this.stillHeld())) return
    const seconds = this.wait.clock.now() / 1_000
    await utimes(this.path, seconds, seconds).catch(() => {})
    const touched = await sightOf(this.path)
    if (touched?.inode === this.own.inode) this.own = touched
  }
}

async function sightOf(path: string): Promise<Sight | null> {
  const found: BigIntStats | null = await lstat(path, { bigint: true }).catch(() => null)
  return found && { inode: found.ino, modifiedNs: found.mtimeNs }
}

function isSame(left: Sight, right: Sight): boolean {
  return left.inode === right.inode && left.modifiedNs === right.modifiedNs
}

function millisecondsOf({ modifiedNs }: Sight): number {
  return Number(modifiedNs / 1_000_000n)
}
