/**
 * One lock of codex: flock(2) on a file that stays. The system frees it when its holder dies. Waiting for it asks again
 * and again, since a blocking call would stop the whole program. Source: codex 0.169.0, observed.
 */

import { closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { CredentialError } from './credential-error.ts'
import type { HeldLock, LockWait } from './lock-wait.ts'

/** Of <sys/file.h>, the same on Linux and macOS. */
const LOCK_EX = 2
const LOCK_NB = 4
const LOCK_UN = 8
/** What a lock that another holds answers: EAGAIN of Linux and macOS; and EINTR. */
const BUSY_NUMBERS = [11, 35, 4]

/** flock(2): 0, or the system's error number. */
export type Flock = (descriptor: number, operation: number) => number

/**
 * Takes the lock.
 *
 * Errors: CredentialError `lock_busy`, `lock_unsupported`, `not_permitted`; the signal's reason
 */
export async function takeFileLock(path: string, wait: LockWait, flock: Flock): Promise<HeldLock> {
  for (;;) {
    const descriptor = openLock(path)
    const failure = flock(descriptor, LOCK_EX | LOCK_NB)
    // Whoever removed the file meanwhile made another one: a lock on ours would hold nobody off.
    if (failure === 0 && isAt(descriptor, path)) return new FileLock(path, descriptor, flock)
    closeSync(descriptor)
    if (failure !== 0 && !BUSY_NUMBERS.includes(failure)) {
      throw new CredentialError('lock_unsupported', path, `errno ${failure}`)
    }
    await wait.pause(path, null)
  }
}

/** The system's flock(2), or null where it has none. Loads the C library at the first call. */
export async function systemFlock(platform: string): Promise<Flock | null> {
  const libraries = LIBRARIES[platform]
  if (!libraries) return null
  const { dlopen, read } = await import('bun:ffi')
  for (const { name, errno } of libraries) {
    try {
      const { symbols } = dlopen(name, {
        flock: { args: ['i32', 'i32'], returns: 'i32' },
        [errno]: { args: [], returns: 'ptr' },
      })
      const place = symbols[errno] as unknown as () => Parameters<typeof read.i32>[0]
      const call = symbols.flock as unknown as (descriptor: number, operation: number) => number
      return (descriptor, operation) => (call(descriptor, operation) === 0 ? 0 : read.i32(place(), 0))
    } catch {
      // Another C library, then.
    }
  }
  return null
}

/** The C library by system, with the function that says where the error number is. */
const LIBRARIES: Record<string, { name: string; errno: string }[]> = {
  linux: [
    { name: 'libc.so.6', errno: '__errno_location' },
    { name: 'libc.so', errno: '__errno_location' },
  ],
  darwin: [{ name: 'libSystem.B.dylib', errno: '__error' }],
}

/** A descriptor of the system: a file handle of the runtime would end the program where somebody forgets to release. */
function openLock(path: string): number {
  let descriptor: number
  try {
    descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0), 0o600)
  } catch (error) {
    throw new CredentialError('not_permitted', path, (error as NodeJS.ErrnoException).code ?? 'unopenable')
  }
  if (fstatSync(descriptor).isFile()) return descriptor
  closeSync(descriptor)
  throw new CredentialError('foreign', path, 'not_a_file')
}

class FileLock implements HeldLock {
  #isOver = false

  constructor(
    readonly path: string,
    private readonly descriptor: number,
    private readonly flock: Flock,
  ) {}

  async stillHeld(): Promise<boolean> {
    return !this.#isOver && isAt(this.descriptor, this.path)
  }

  /** The file stays, as codex leaves it: removing it would let two in. */
  async release(): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    this.flock(this.descriptor, LOCK_UN)
    closeSync(this.descriptor)
  }
}

function isAt(descriptor: number, path: string): boolean {
  const here = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  const held = fstatSync(descriptor, { bigint: true })
  return here !== undefined && here.ino === held.ino && here.dev === held.dev
}

/** Who holds a lock file, by the system's list of locks (Linux); null when nobody can tell. */
export async function holderOfFileLock(path: string, list = '/proc/locks'): Promise<string | null> {
  const here = lstatSync(path, { throwIfNoEntry: false })
  const text = await readFile(list, 'utf8').catch(() => '')
  // "1: FLOCK  ADVISORY  WRITE 4711 08:01:123456 0 EOF"; waiting ones have an arrow after the number.
  const line = text.split('\n').find((each) => here && new RegExp(`FLOCK .*:${here.ino} `).test(each))
  const process = /^\d+: FLOCK +\S+ +\S+ +(\d+) /.exec(line ?? '')?.[1]
  return process ? `process ${process}` : null
}
