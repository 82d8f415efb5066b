/**
 * Replaces a file of a CLI so that it is the old one or the new one at every instant, and never in place of one that
 * another program wrote meanwhile. What the file says is somebody else's.
 */

import { constants } from 'node:fs'
import { chmod, type FileHandle, lstat, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Random } from '../lib/random.ts'
import type { Secret } from '../lib/secret.ts'
import { CredentialError } from './credential-error.ts'
import type { FileMachine } from './place-files.ts'
import type { PlannedFile } from './plan-login.ts'

export { type Confirmation, confirmWritten } from './confirm-written.ts'

import { type FileFacts, factsOf, MAX_COMPANION_BYTES, readHandleWhole } from './read-text.ts'

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
  replaced: { handle: FileHandle; text: Secret } | null
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
 * is a change.
 *
 * Errors: CredentialError `changed`, `foreign` (`symlink`, `directory`, `not_a_file`, `other_owner`), `not_permitted`
 *   (`read_only`, or the system's error code); nothing was written
 */
export async function replaceFile(planned: Replacement, machine: WriteMachine): Promise<WrittenFile> {
  const { path, target, after } = planned
  const replaced = await openExpected(planned, machine)
  const aside = join(dirname(target), `.${basename(target).replace(/^\./, '')}.${randomName(machine.random)}.tmp`)
  try {
    const facts = after && (await writeAside(aside, after))
    await refuseChanged(planned, replaced)
    await (after ? rename(aside, target) : rm(target, { force: true }))
    await syncDirectory(dirname(target))
    const repaired: 'mode'[] =
      after && planned.expected && planned.expected.mode & 0o077 && machine.uid !== null ? ['mode'] : []
    return {
      path,
      target,
      text: after,
      // The rename itself changes the time of change.
      facts: facts && (await factsNow(target)),
      repaired,
      replaced: replaced && { handle: replaced, text: planned.before! },
      close: async () => void (await replaced?.close().catch(() => {})),
    }
  } catch (error) {
    await rm(aside, { force: true }).catch(() => {})
    await replaced?.close().catch(() => {})
    throw asRefusal(target, error)
  }
}

/** Opens the file that was read, or makes sure that there still is none. It stays open: see `WrittenFile.replaced`. */
async function openExpected({ target, expected }: Replacement, { uid }: FileMachine): Promise<FileHandle | null> {
  const found = await lstat(target, { bigint: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw asRefusal(target, error)
  })
  if (found === null && expected !== null) throw new CredentialError('changed', target, 'gone')
  if (found === null) return null
  const refused = (detail: string) => new CredentialError('foreign', target, detail)
  if (found.isSymbolicLink()) throw refused('symlink')
  if (found.isDirectory()) throw refused('directory')
  if (!found.isFile()) throw refused('not_a_file')
  if (uid !== null && Number(found.uid) !== uid) throw refused('other_owner')
  // The CLI itself leaves such a file alone: somebody means it to stay as it is.
  if ((Number(found.mode) & 0o200) === 0) throw new CredentialError('not_permitted', target, 'read_only')
  if (expected === null) throw new CredentialError('changed', target, 'appeared')
  return open(target, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch((error) => {
    throw asRefusal(target, error)
  })
}

/** A whole new file beside, on the disk. */
async function writeAside(path: string, text: Secret): Promise<FileFacts> {
  const file = await open(path, 'wx', 0o600)
  try {
    // The mode of `open` is cut by the umask, never widened; a strict umask must not lock the CLI out.
    await chmod(path, 0o600)
    await file.writeFile(text.reveal())
    await file.sync()
    return factsOf(await file.stat({ bigint: true }))
  } finally {
    await file.close()
  }
}

/** The last look before the replacement: the file is the one that was read, and says what it said. */
async function refuseChanged({ target, before, expected }: Replacement, handle: FileHandle | null): Promise<void> {
  const found = await lstat(target, { bigint: true }).catch(() => null)
  if (expected === null || handle === null) {
    if (found !== null) throw new CredentialError('changed', target, 'appeared')
    return
  }
  const isSameFile = found?.ino === expected.inode && found.dev === expected.device
  const text = isSameFile ? await readHandleWhole(handle, MAX_COMPANION_BYTES) : null
  if (text === null || before === null || !before.equals(text))
    throw new CredentialError('changed', target, 'rewritten')
}

/** Without it, the name can lead to the old file again after a loss of power. Not every system lets directories be opened. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY).catch(() => null)
  await directory?.sync().catch(() => {})
  await directory?.close()
}

async function factsNow(path: string): Promise<FileFacts | null> {
  return lstat(path, { bigint: true }).then(factsOf, () => null)
}

function asRefusal(path: string, error: unknown): CredentialError {
  if (error instanceof CredentialError) return error
  return new CredentialError('not_permitted', path, (error as NodeJS.ErrnoException).code ?? 'unwritable')
}

function randomName(random: Random): string {
  return Buffer.from(random.bytes(6)).toString('hex')
}
