/**
 * Replaces a file of a CLI so that it is the old one or the new one at every instant, and never in place of one that
 * another program wrote meanwhile. What the file says is somebody else's.
 */

import { closeSync, constants, lstatSync, openSync, renameSync, rmSync } from 'node:fs'
import { chmod, lstat, open, readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Random } from '../lib/random.ts'
import type { Secret } from '../lib/secret.ts'
import { CredentialError } from './credential-error.ts'
import { type FileMachine, targetOf } from './place-files.ts'
import type { PlannedFile } from './plan-login.ts'

export { type Confirmation, confirmWritten } from './confirm-written.ts'

import { type FileFacts, factsOf, MAX_COMPANION_BYTES, readDescriptor } from './read-text.ts'

/** What was done. Keep it until `confirmWritten` said that nothing was lost, then `close` it. */
export interface WrittenFile {
  path: string
  target: string
  /** As we wrote it; null when the file was taken away. */
  text: Secret | null
  facts: FileFacts | null
  /** What was mended on the way: a mode wider than 0600. */
  repaired: 'mode'[]
  /** The file that was replaced, still open: a program that has it open too can go on writing there. Null: there was none. */
  replaced: { descriptor: Descriptor; text: Secret } | null
  /** Lets go of it. */
  close(): Promise<void>
}

export interface WriteMachine extends FileMachine {
  random: Random
}

type Replacement = Pick<PlannedFile, 'path' | 'target' | 'before' | 'after' | 'expected'>

/**
 * Puts `planned.after` in the place of the file that was read, if it still is that one: same file, same bytes. The new one
 * has mode 0600, whatever the old one had. `target` was found when the files were read; a link that leads elsewhere by now
 * is a change. Whoever calls holds the place's locks.
 *
 * Errors: CredentialError `changed`, `foreign` (`symlink`, `directory`, `not_a_file`, `other_owner`), `not_permitted`
 *   (`read_only`, or the system's error code); nothing was written
 */
export async function replaceFile(planned: Replacement, machine: WriteMachine): Promise<WrittenFile> {
  const { path, target, before, after, expected } = planned
  const replaced = await openExpected(planned, machine)
  const aside = join(dirname(target), `${asideName(target)}${randomName(machine.random)}.tmp`)
  const close = () => {
    if (replaced !== null) closeOnce(replaced)
  }
  try {
    if (after) await writeAside(aside, after)
    swap(planned, replaced, aside)
    await syncDirectory(dirname(target))
    await removeUnfinished(target)
    return {
      path,
      target,
      text: after,
      // The rename itself changes the time of change.
      facts: after && (await factsNow(target)),
      repaired: after && expected && expected.mode & 0o077 && machine.uid !== null ? ['mode'] : [],
      replaced: replaced && { descriptor: replaced, text: before! },
      close: async () => close(),
    }
  } catch (error) {
    await rm(aside, { force: true }).catch(() => {})
    close()
    throw asRefusal(target, error)
  }
}

/** A descriptor of the system. A file handle of the runtime would end the program where somebody forgets to close it. */
export interface Descriptor {
  number: number
  isClosed: boolean
}

/** Opens the file that was read, or makes sure that there still is none. It stays open: see `WrittenFile.replaced`. */
async function openExpected({ path, target, expected }: Replacement, { uid }: FileMachine): Promise<Descriptor | null> {
  const found = await lstat(target, { bigint: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw asRefusal(target, error)
  })
  if (found === null && expected !== null) throw new CredentialError('changed', target, 'gone')
  if (path !== target && (await targetOf(path)) !== target) throw new CredentialError('changed', path, 'link')
  if (found === null) return null
  const refused = (detail: string) => new CredentialError('foreign', target, detail)
  if (found.isSymbolicLink()) throw refused('symlink')
  if (found.isDirectory()) throw refused('directory')
  if (!found.isFile()) throw refused('not_a_file')
  if (uid !== null && Number(found.uid) !== uid) throw refused('other_owner')
  // The CLI itself leaves such a file alone: somebody means it to stay as it is.
  if ((Number(found.mode) & 0o200) === 0) throw new CredentialError('not_permitted', target, 'read_only')
  if (expected === null) throw new CredentialError('changed', target, 'appeared')
  try {
    return { number: openSync(target, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)), isClosed: false }
  } catch (error) {
    throw asRefusal(target, error)
  }
}

/** A whole new file beside, on the disk. */
async function writeAside(path: string, text: Secret): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    // The mode of `open` is cut by the umask, never widened; a strict umask must not lock the CLI out.
    await chmod(path, 0o600)
    await file.writeFile(text.reveal())
    await file.sync()
  } finally {
    await file.close()
  }
}

/** The last look and the replacement in one go: between them is as little time as there can be. */
function swap({ target, before, after, expected }: Replacement, replaced: Descriptor | null, aside: string): void {
  const found = lstatSync(target, { bigint: true, throwIfNoEntry: false })
  if (expected === null || replaced === null) {
    if (found !== undefined) throw new CredentialError('changed', target, 'appeared')
  } else {
    const isSameFile = found?.ino === expected.inode && found.dev === expected.device
    const text = isSameFile ? readDescriptor(replaced.number, MAX_COMPANION_BYTES) : null
    if (text === null || !before?.equals(text)) throw new CredentialError('changed', target, 'rewritten')
  }
  if (after) renameSync(aside, target)
  else rmSync(target)
}

/**
 * Removes new files beside `target` that never got their name: a program was killed while it wrote them, and there are tokens
 * in them. Whoever calls holds the place's locks, so that nobody is writing one now.
 */
export async function removeUnfinished(target: string): Promise<void> {
  const start = asideName(target)
  for (const name of await readdir(dirname(target)).catch(() => [])) {
    if (!name.startsWith(start) || !/^[0-9a-f]{12}\.tmp$/.test(name.slice(start.length))) continue
    await rm(join(dirname(target), name), { force: true }).catch(() => {})
  }
}

/** Hidden, beside the file, and told from the CLI's own. */
function asideName(target: string): string {
  return `.${basename(target).replace(/^\./, '')}.tokendeck-`
}

/** Without it, the name can lead to the old file again after a loss of power. Not every system lets directories be opened. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY).catch(() => null)
  await directory?.sync().catch(() => {})
  await directory?.close().catch(() => {})
}

async function factsNow(path: string): Promise<FileFacts | null> {
  return lstat(path, { bigint: true }).then(factsOf, () => null)
}

function closeOnce(descriptor: Descriptor): void {
  if (!descriptor.isClosed) closeSync(descriptor.number)
  descriptor.isClosed = true
}

function asRefusal(path: string, error: unknown): CredentialError {
  if (error instanceof CredentialError) return error
  return new CredentialError('not_permitted', path, (error as NodeJS.ErrnoException).code ?? 'unwritable')
}

function randomName(random: Random): string {
  return Buffer.from(random.bytes(6)).toString('hex')
}
