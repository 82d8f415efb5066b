/**
 * Opens a file of another program with care: no surprise by symlinks, pipes, other people's files or size. It knows
 * nothing of what is inside, and never writes.
 */

import { type BigIntStats, constants, fstatSync, readSync } from 'node:fs'
import { type FileHandle, lstat, open, readlink } from 'node:fs/promises'
import { cleanText } from '../lib/foreign-text.ts'

/** Credential files are a few KiB. */
export const MAX_CREDENTIAL_BYTES = 1024 * 1024

/** Claude's `.claude.json` keeps the history of every project and grows to megabytes. */
export const MAX_COMPANION_BYTES = 16 * 1024 * 1024

/** How to open. `uid`: who must own the file; null where the system has no such thing. */
export interface OpenRule {
  symlinks: 'refuse' | 'follow'
  maxBytes: number
  uid: number | null
}

/** A file as the system sees it: what differs when it was written, replaced or made anew. */
export interface FileFacts {
  device: bigint
  inode: bigint
  size: bigint
  mode: number
  modifiedNs: bigint
  changedNs: bigint
}

/**
 * What opening came to. `text` is null when the bytes are not UTF-8, or changed while they were read: a writer may be at
 * work. Instants in epoch milliseconds.
 */
export type FileText =
  | {
      state: 'read'
      text: string | null
      modifiedAt: number
      isSymlink: boolean
      isReadableByOthers: boolean
      facts: FileFacts
    }
  | { state: 'missing' }
  | { state: 'not_permitted' | 'foreign'; detail: string }

/**
 * Reads a whole small file, or says why not.
 *
 * Shape:  `detail` is `symlink → TARGET`, `symlink_loop`, `directory`, `not_a_file`, `other_owner`, `too_large` (foreign),
 *   or `writable_by_others`, or the system's error code such as `EACCES` (not permitted)
 * Errors: none; total. A link to nowhere is `missing` where links are followed
 */
export async function readText(path: string, rule: OpenRule): Promise<FileText> {
  let handle: FileHandle | null = null
  try {
    const link = (await lstat(path)).isSymbolicLink()
    if (link && rule.symlinks === 'refuse') return await refusedLink(path)
    const noFollow = rule.symlinks === 'refuse' ? (constants.O_NOFOLLOW ?? 0) : 0
    // A pipe would block an ordinary open for ever.
    handle = await open(path, constants.O_RDONLY | noFollow | (constants.O_NONBLOCK ?? 0))
    return await readHandle(handle, rule, link)
  } catch (error) {
    return judgeOpenFailure((error as NodeJS.ErrnoException).code)
  } finally {
    await handle?.close().catch(() => {})
  }
}

async function readHandle(handle: FileHandle, rule: OpenRule, isSymlink: boolean): Promise<FileText> {
  const before = await handle.stat({ bigint: true })
  if (before.isDirectory()) return { state: 'foreign', detail: 'directory' }
  if (!before.isFile()) return { state: 'foreign', detail: 'not_a_file' }
  if (rule.uid !== null && Number(before.uid) !== rule.uid) return { state: 'foreign', detail: 'other_owner' }
  if (before.size > BigInt(rule.maxBytes)) return { state: 'foreign', detail: 'too_large' }
  const mode = Number(before.mode)
  // Whoever can write it can make us follow a login of their choice; reading along is the owner's own risk.
  if (rule.uid !== null && mode & 0o002) return { state: 'not_permitted', detail: 'writable_by_others' }
  const bytes = await readAtMost(handle, Number(before.size) + 1)
  const after = await handle.stat({ bigint: true })
  const isStill = after.size === before.size && after.mtimeNs === before.mtimeNs && bytes.length === Number(before.size)
  return {
    state: 'read',
    text: isStill ? decode(bytes) : null,
    modifiedAt: Number(after.mtimeNs / 1_000_000n),
    isSymlink,
    isReadableByOthers: rule.uid !== null && (mode & 0o077) !== 0,
    facts: factsOf(after),
  }
}

/** The facts of a file that was looked at with `bigint`. */
export function factsOf(found: BigIntStats): FileFacts {
  const { dev, ino, size, mode, mtimeNs, ctimeNs } = found
  return { device: dev, inode: ino, size, mode: Number(mode), modifiedNs: mtimeNs, changedNs: ctimeNs }
}

/**
 * The whole text behind an open descriptor, at once: nothing else happens in this program meanwhile. Null when it is too
 * large, closed, or no UTF-8. Never fails.
 */
export function readDescriptor(descriptor: number, maxBytes: number): string | null {
  try {
    const { size } = fstatSync(descriptor)
    if (size > maxBytes) return null
    const buffer = Buffer.alloc(size + 1)
    return decode(buffer.subarray(0, readSync(descriptor, buffer, 0, size + 1, 0)))
  } catch {
    return null
  }
}

async function readAtMost(handle: FileHandle, limit: number): Promise<Buffer> {
  const buffer = Buffer.alloc(limit)
  let length = 0
  while (length < limit) {
    const { bytesRead } = await handle.read(buffer, length, limit - length, length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return buffer.subarray(0, length)
}

function decode(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

async function refusedLink(path: string): Promise<FileText> {
  return { state: 'foreign', detail: `symlink → ${cleanText(await readlink(path), 500)}` }
}

/** What a failed open means, by the system's error code. */
export function judgeOpenFailure(code: string | undefined): FileText {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { state: 'missing' }
    case 'ELOOP':
      return { state: 'foreign', detail: 'symlink_loop' }
    case 'EISDIR':
      return { state: 'foreign', detail: 'directory' }
    case 'ENXIO':
      return { state: 'foreign', detail: 'not_a_file' }
    default:
      return { state: 'not_permitted', detail: code ?? 'unreadable' }
  }
}
