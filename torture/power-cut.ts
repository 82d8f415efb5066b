/**
 * A disk whose power can be cut: it holds what was synced, and nothing or a random part of what was only written. Files that
 * are written at given places; what they held at the beginning was on the disk.
 */

import type { FileCall } from './kernel-trace.ts'

/** What a disk writes at once, or not at all. Bytes. */
const SECTOR = 512

type Change = Exclude<FileCall, { call: 'sync' }>

interface File {
  synced: Buffer
  /** Since the last sync. */
  pending: Change[]
}

export class CuttableDisk {
  readonly #files: Map<string, File>

  constructor(files: ReadonlyMap<string, Buffer>) {
    this.#files = new Map([...files].map(([path, content]) => [path, { synced: Buffer.from(content), pending: [] }]))
  }

  /** Takes a call note of, if it is about one of these files. */
  take(call: FileCall): void {
    const file = this.#files.get(call.path)
    if (!file) return
    if (call.call !== 'sync') return void file.pending.push(call)
    file.synced = file.pending.reduce(applied, file.synced)
    file.pending = []
  }

  /** Bytes that were written and not synced. */
  get unsynced(): number {
    const pending = [...this.#files.values()].flatMap((file) => file.pending)
    return pending.reduce((sum, change) => sum + (change.call === 'write' ? change.bytes.length : 1), 0)
  }

  /** What is found after the power was cut now. `kept`: how likely a sector that was not synced is there all the same, 0–1. */
  cut(kept: number): Map<string, Buffer> {
    const survivors = (change: Change) => sectorsOf(change).filter(() => Math.random() < kept)
    return new Map(
      [...this.#files].map(([path, { synced, pending }]) => [
        path,
        pending.flatMap(survivors).reduce(applied, Buffer.from(synced)),
      ]),
    )
  }
}

function sectorsOf(change: Change): Change[] {
  if (change.call !== 'write') return [change]
  const { path, bytes } = change
  const at = placeOf(change)
  const sectors: Change[] = []
  for (let from = 0, to = 0; from < bytes.length; from = to) {
    to = Math.min(bytes.length, from + SECTOR - ((at + from) % SECTOR))
    sectors.push({ call: 'write', path, bytes: bytes.subarray(from, to), at: at + from })
  }
  return sectors
}

/** In the same buffer, where it is large enough. */
function applied(content: Buffer, change: Change): Buffer {
  if (change.call === 'truncate') return resized(content, change.size)
  const at = placeOf(change)
  const end = at + change.bytes.length
  const grown = end > content.length ? resized(content, end) : content
  change.bytes.copy(grown, at)
  return grown
}

function placeOf({ path, at }: { path: string; at: number | null }): number {
  if (at === null) throw new Error(`${path} was written without a place`)
  return at
}

/** A copy of that size: what is cut off is gone, what is new is zero. */
function resized(content: Buffer, size: number): Buffer {
  const copy = Buffer.alloc(size)
  content.copy(copy, 0, 0, Math.min(size, content.length))
  return copy
}
