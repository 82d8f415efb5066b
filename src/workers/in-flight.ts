/** Work that is under way, one piece for an account at a time, counted by provider. Knows nothing of what is done. */

export class InFlight {
  readonly #running = new Map<string, Map<string, Promise<void>>>()

  /** How many pieces of a provider are under way. */
  count(provider: string): number {
    return this.#running.get(provider)?.size ?? 0
  }

  has(accountId: string): boolean {
    return [...this.#running.values()].some((accounts) => accounts.has(accountId))
  }

  /** Counts a piece until it ends, and then calls `onEnd`. It must have handled its own errors. */
  add({ accountId, provider }: { accountId: string; provider: string }, work: Promise<void>, onEnd: () => void): void {
    const accounts = this.#running.get(provider) ?? new Map<string, Promise<void>>()
    this.#running.set(provider, accounts)
    const counted = work.finally(() => {
      accounts.delete(accountId)
      onEnd()
    })
    accounts.set(accountId, counted)
  }

  /** Resolves when everything that is under way now has ended. */
  async settled(): Promise<void> {
    await Promise.all([...this.#running.values()].flatMap((accounts) => [...accounts.values()]))
  }
}
