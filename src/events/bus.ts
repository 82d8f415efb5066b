/**
 * In-process news of what happened, in the past tense. Carries ids, never secrets, and keeps nothing.
 */

/** What can happen. `accountId` is null only where no account is concerned. */
export type AppEvent =
  | { type: 'account.connected' | 'account.changed' | 'account.removed'; accountId: string }
  | { type: 'grant.refresh_started' | 'grant.refreshed' | 'grant.refresh_failed' | 'grant.adopted'; accountId: string }
  | { type: 'usage.read' | 'usage.failed'; accountId: string }
  | { type: 'authorization.changed'; authorizationId: string }
  | { type: 'revocation.changed'; revocationId: string }
  | { type: 'candidates.changed' }
  | { type: 'settings.changed' }
  | { type: 'alert.raised'; alertId: string }
  | { type: 'alerts.changed' }

export type EventListener = (event: AppEvent) => void

/** Publishes events to whoever listens now. A listener that throws does not stop the others. */
export class EventBus {
  readonly #listeners = new Set<EventListener>()

  publish(event: AppEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }

  /** Adds a listener; the result removes it. */
  subscribe(listener: EventListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  get listenerCount(): number {
    return this.#listeners.size
  }
}
