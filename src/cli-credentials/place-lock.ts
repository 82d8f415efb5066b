/** Keeps the CLI, and everybody else who keeps to its rules, from writing a place's files while we do. */

import { mkdir, realpath } from 'node:fs/promises'
import type { Clock } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
import type { LockScope } from './clis/cli.ts'
import { CLIS } from './clis/index.ts'
import { CredentialError } from './credential-error.ts'
import type { CredentialPlace } from './credential-file.ts'
import { type DirectoryLockRule, StaleWatch, takeDirectoryLock } from './directory-lock.ts'
import { type Flock, holderOfFileLock, systemFlock, takeFileLock } from './file-lock.ts'
import { forgetOwner, holderOfDirectory, recordOwner } from './lock-owner.ts'
import { type HeldLock, LockWait } from './lock-wait.ts'

export interface LockOptions {
  clock: Clock
  random: Random
  /** How long to wait for whoever holds it, for all locks together. Milliseconds. A dead holder takes up to six seconds. */
  waitMs: number
  /** Ends the waiting. */
  signal?: AbortSignal
  /** Who we are, for whoever finds the lock, such as `tokendeck 4711`. Nothing secret. */
  owner: string
  /** `write` unless told. */
  scope?: LockScope
  /** As `process.platform`; this machine's unless told. */
  platform?: string
}

/** Held until released. */
export interface CredentialLock {
  /** The locks, in the order in which they were taken. */
  paths: readonly string[]
  /** False when somebody took one of them from us, as if we were dead. */
  stillHeld(): Promise<boolean>
  /** Takes away what is still ours. Never fails; calling it again does nothing. */
  release(): Promise<void>
}

/**
 * Takes the locks of a place in the CLI's own order. A directory that is not there yet is made, with mode 0700.
 *
 * Errors: CredentialError `lock_busy` (which, how old, whose), `lock_unsupported`, `not_permitted`; the signal's reason
 */
export async function lockPlace(place: CredentialPlace, options: LockOptions): Promise<CredentialLock> {
  options.signal?.throwIfAborted()
  const directory = await readyDirectory(place.directory)
  const locks = CLIS[place.cli].locks(place, directory, options.scope ?? 'write')
  return locks.kind === 'directories' ? lockDirectories(locks.rules, options) : lockFiles(locks.paths, options)
}

async function lockDirectories(rules: readonly DirectoryLockRule[], options: LockOptions): Promise<CredentialLock> {
  const wait = new LockWait(options, holderOfDirectory)
  const watch = new StaleWatch(wait)
  await watch.begin(rules)
  return takeAll(rules, async (rule) => {
    const held = await takeDirectoryLock(rule, wait, watch)
    await recordOwner(held.path, options.owner, process.pid)
    return withEnd(held, () => forgetOwner(held.path, options.owner))
  })
}

async function lockFiles(paths: readonly string[], options: LockOptions): Promise<CredentialLock> {
  const flock = await systemFlock(options.platform ?? process.platform)
  if (flock === null) throw new CredentialError('lock_unsupported', paths[0]!, 'no flock')
  const wait = new LockWait(options, holderOfFileLock)
  return takeAll(paths, (path) => takeFileLock(path, wait, flock as Flock))
}

/** One after the other; when one is not to be had, those before it are given back. */
async function takeAll<T>(wanted: readonly T[], take: (one: T) => Promise<HeldLock>): Promise<CredentialLock> {
  const held: HeldLock[] = []
  const release = async () => {
    for (const lock of held.toReversed()) await lock.release()
  }
  try {
    for (const one of wanted) held.push(await take(one))
  } catch (error) {
    await release()
    throw error
  }
  return {
    paths: held.map(({ path }) => path),
    stillHeld: async () => (await Promise.all(held.map((lock) => lock.stillHeld()))).every(Boolean),
    release,
  }
}

/** The record goes before the lock: the next holder writes its own. */
function withEnd(lock: HeldLock, end: () => Promise<void>): HeldLock {
  return {
    path: lock.path,
    stillHeld: () => lock.stillHeld(),
    release: async () => {
      if (await lock.stillHeld()) await end()
      await lock.release()
    },
  }
}

/** The directory's real name: whoever comes by another way must meet the same locks. */
async function readyDirectory(directory: string): Promise<string> {
  try {
    await mkdir(directory, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    return await realpath(directory)
  } catch (error) {
    throw new CredentialError('not_permitted', directory, (error as NodeJS.ErrnoException).code ?? 'unmakeable')
  }
}
