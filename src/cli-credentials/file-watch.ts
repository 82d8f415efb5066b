/**
 * Hears of changes to files, also of files that are replaced by rename or do not exist yet. Says that something changed,
 * not what; whoever listens looks. Misses are possible on some file systems, so a slow look of one's own belongs beside.
 */

import { type FSWatcher, watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'

/** Watches the directories of a changing set of files. */
export class FileWatch {
  readonly #watches = new Map<string, { watcher: FSWatcher; identity: string; names: Set<string> }>()

  constructor(private readonly onChange: () => void) {}

  /**
   * From now on exactly these files are watched. Where a directory is missing, the one above it is watched for it: its being
   * made is a change, after which this is called again.
   */
  async follow(paths: Iterable<string>): Promise<void> {
    const wanted = new Map<string, Set<string>>()
    const want = (path: string) =>
      wanted.set(dirname(path), (wanted.get(dirname(path)) ?? new Set()).add(basename(path)))
    for (const path of paths) {
      want(path)
      const isThere = await stat(dirname(path)).then(
        () => true,
        () => false,
      )
      if (!isThere) want(dirname(path))
    }
    for (const directory of this.#watches.keys()) if (!wanted.has(directory)) this.#end(directory)
    for (const [directory, names] of wanted) await this.#watch(directory, names)
  }

  stop(): void {
    for (const directory of [...this.#watches.keys()]) this.#end(directory)
  }

  async #watch(directory: string, names: Set<string>): Promise<void> {
    const identity = await stat(directory, { bigint: true }).then(
      ({ ino, birthtimeNs }) => `${ino} ${birthtimeNs}`,
      () => null,
    )
    const known = this.#watches.get(directory)
    if (known && known.identity === identity) {
      known.names = names
      return
    }
    // A directory that was removed and made again is another one to the system, also when it gets the same inode.
    this.#end(directory)
    if (identity === null) return
    try {
      const watcher = watch(directory, { persistent: false }, (_, name) => {
        if (name === null || this.#watches.get(directory)?.names.has(name)) this.onChange()
      })
      watcher.on('error', () => this.#end(directory))
      this.#watches.set(directory, { watcher, identity, names })
    } catch {
      // Out of watches, or removed this moment: the slow look finds changes all the same.
    }
  }

  #end(directory: string): void {
    this.#watches.get(directory)?.watcher.close()
    this.#watches.delete(directory)
  }
}
