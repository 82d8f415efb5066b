/** Keeps the CLI, and everybody else who keeps to its rules, from writing a place's files while we do. */

import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../lib/clock.ts'
import { SECOND_MS } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
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
  /** `write`: all locks, for changing files. `refresh`: those that the CLI holds while it renews. `write` unless told. */
  scope?: 'write' | 'refresh'
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
  return place.cli === 'claude' ? lockClaude(place, directory, options) : lockCodex(directory, options)
}

async function lockClaude(place: CredentialPlace, directory: string, options: LockOptions): Promise<CredentialLock> {
  const wait = new LockWait(options, holderOfDirectory)
  const watch = new StaleWatch(wait)
  const rules = claudeRules(place, directory, options.scope)
  await watch.begin(rules)
  return takeAll(rules, async (rule) => {
    const held = await takeDirectoryLock(rule, wait, watch)
    await recordOwner(held.path, options.owner, process.pid)
    return withEnd(held, () => forgetOwner(held.path, options.owner))
  })
}

/** Source: Claude Code 2.1.330, observed; in this order, and old after these times. */
function claudeRules(place: CredentialPlace, directory: string, scope: LockOptions['scope']): DirectoryLockRule[] {
  const renewal = [
    { path: join(directory, '.oauth_refresh.lock'), staleMs: 60 * SECOND_MS },
    { path: `${directory}.lock`, staleMs: 60 * SECOND_MS },
  ]
  if (scope === 'refresh') return renewal
  const write = { path: join(directory, '.storage-write.lock'), staleMs: 15 * SECOND_MS }
  const companion = place.companionPath && { path: `${place.companionPath}.lock`, staleMs: 10 * SECOND_MS }
  return [...renewal, write, ...(companion ? [companion] : [])]
}

async function lockCodex(directory: string, options: LockOptions): Promise<CredentialLock> {
  const flock = await systemFlock(options.platform ?? process.platform)
  const paths = [join(directory, 'auth.lock'), join(directory, 'auth.json.lock')]
  if (flock === null) throw new CredentialError('lock_unsupported', paths[0]!, 'no flock')
  const wait = new LockWait(options, holderOfFileLock)
  return takeAll(paths, (path) => takeFileLock(path, wait, flock as Flock))
}

/** One after the other; when one is not to be had, those before it are given back. */
async function takeAll<T>(wanted: T[], take: (one: T) => Promise<HeldLock>): Promise<CredentialLock> {
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
