/**
 * One run per key at a time; whoever comes meanwhile waits on the same promise.
 */

/** Joins concurrent calls that share a key. A caller that stops waiting does not cancel the run for the others. */
export class SingleFlight<T> {
  readonly #running = new Map<string, Promise<T>>()

  /** Starts `task` unless one with this key is running, and gives that run's result or error either way. */
  run(key: string, task: () => Promise<T>): Promise<T> {
    const running = this.#running.get(key)
    if (running) return running
    const started = task().finally(() => this.#running.delete(key))
    this.#running.set(key, started)
    return started
  }

  /** True while a run with this key has not ended. */
  isRunning(key: string): boolean {
    return this.#running.has(key)
  }

  /** True while nothing runs. */
  get isIdle(): boolean {
    return this.#running.size === 0
  }

  /** Resolves when nothing runs any more, also of what a run started at its end; each may end well or badly. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running.values())
  }
}
