/**
 * Providers that are out of reach. Each is looked for, which costs no token and no try; beside that one refresh at a time
 * finds out, seldom. Knows no account and no schedule: whoever refreshes tells it how that went.
 */

import type { AccountsContext } from '../accounts/context.ts'
import { unreachedRetryMs } from '../accounts/refresh-policy.ts'
import { type BackoffShape, backoffMs } from '../lib/backoff.ts'
import { HOUR_MS, SECOND_MS } from '../lib/clock.ts'

/** Between two looks. With the time that a look may take, a return is seen well within a minute. */
const LOOKS: BackoffShape = { firstMs: 30 * SECOND_MS, factor: 1, maxMs: 30 * SECOND_MS, jitter: 0.25 }
/** However often a look says that somebody is there while no request arrives. */
const TRIES_PER_HOUR = 12

/** Instants are monotonic. */
interface Outage {
  /** Tries in a row that did not reach the provider. */
  failures: number
  /** When they were, those of the last hour. */
  tries: number[]
  tryAt: number
  /** Infinity while somebody looks, and once somebody was seen. */
  lookAt: number
  /** A look saw somebody, and nobody has tried since. */
  isSeen: boolean
}

/** What a row of the schedule says of its last failure; the instant in epoch milliseconds. */
export interface UnreachedGrant {
  provider: string
  nextRefreshAt: number
  failures: number
  lastFailureAt: number | null
}

export class Outages {
  readonly #outages = new Map<string, Outage>()
  /** When a provider was last found to be there, epoch milliseconds. */
  readonly #reachedAt = new Map<string, number>()
  readonly #looks = new Set<Promise<void>>()
  readonly #stopping = new AbortController()

  /** @param onReturn called with a provider that answers again; what it gives is waited for by `stop` */
  constructor(
    private readonly context: Pick<AccountsContext, 'clock' | 'random' | 'log' | 'reach' | 'providers'>,
    private readonly onReturn: (provider: string) => Promise<void>,
  ) {}

  /** True while nobody knows better: then one refresh at a time is enough. */
  has(provider: string): boolean {
    return this.#outages.has(provider)
  }

  /** True while not even one refresh is tried. */
  isHeld(provider: string): boolean {
    return (this.#outages.get(provider)?.tryAt ?? 0) > this.context.clock.monotonic()
  }

  /** A refresh of ours did not reach the provider. */
  noteFailure(provider: string): void {
    const { clock, random } = this.context
    const now = clock.monotonic()
    const { failures, tries, isSeen, lookAt } = this.#outages.get(provider) ?? this.#begin(provider)
    const outage: Outage = {
      failures: failures + 1,
      tries: [...tries.filter((at) => at > now - HOUR_MS), now],
      tryAt: now + unreachedRetryMs(failures + 1, random),
      // A look that stands is not put off: retries of lost answers may fail more often than looks come.
      lookAt: Math.min(lookAt > now ? lookAt : Number.POSITIVE_INFINITY, now + backoffMs(LOOKS, 1, random)),
      isSeen: false,
    }
    outage.tryAt = Math.max(outage.tryAt, freeAt(outage))
    // Somebody answered who takes no request, such as a proxy without a network behind it: looking again tells nothing.
    if (isSeen) outage.lookAt = outage.tryAt
    this.#outages.set(provider, outage)
  }

  /** A refresh reached the provider, whatever it answered. */
  noteReach(provider: string): void {
    this.#reachedAt.set(provider, this.context.clock.now())
    if (this.#outages.delete(provider)) this.context.log.info('provider.reached_again', { provider })
  }

  /** Another process, or a former one, or a person's wish did not reach the provider, as a row of the schedule says. */
  noteRow({ provider, nextRefreshAt, failures, lastFailureAt }: UnreachedGrant): void {
    if (this.#outages.has(provider) || (lastFailureAt ?? 0) <= (this.#reachedAt.get(provider) ?? 0)) return
    const { clock, random } = this.context
    const now = clock.monotonic()
    const waitMs = Math.min(nextRefreshAt - clock.now(), unreachedRetryMs(failures, random))
    const lookAt = now + backoffMs(LOOKS, 1, random)
    this.#outages.set(provider, { ...this.#begin(provider), failures, tryAt: now + waitMs, lookAt })
  }

  /** Begins the looks that are due; gives how long there is nothing to do here. Milliseconds. */
  look(): number {
    const now = this.context.clock.monotonic()
    for (const [provider, outage] of this.#outages) {
      if (outage.lookAt > now) continue
      outage.lookAt = Number.POSITIVE_INFINITY
      const look = this.#lookAt(provider, outage).finally(() => this.#looks.delete(look))
      this.#looks.add(look)
    }
    const instants = [...this.#outages.values()].flatMap(({ tryAt, lookAt }) => [tryAt, lookAt])
    return Math.min(...instants.filter((at) => at > now)) - now
  }

  /** Ends the looks that are under way. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all(this.#looks)
  }

  #begin(provider: string): Outage {
    this.context.log.warn('provider.out_of_reach', { provider })
    return { failures: 0, tries: [], tryAt: 0, lookAt: 0, isSeen: false }
  }

  async #lookAt(provider: string, outage: Outage): Promise<void> {
    const { clock, random, reach, providers } = this.context
    const address = providers.get(provider)?.tokenUrl ?? ''
    const isThere = await reach.isThere(address, this.#stopping.signal)
    // A refresh came to an end meanwhile, and knows more than a look.
    if (this.#outages.get(provider) !== outage || this.#stopping.signal.aborted) return
    if (!isThere) {
      outage.lookAt = clock.monotonic() + backoffMs(LOOKS, 1, random)
      return
    }
    outage.isSeen = true
    outage.tryAt = Math.max(clock.monotonic(), freeAt(outage))
    await this.onReturn(provider)
  }
}

/** From when another try keeps within the number of an hour. */
function freeAt({ tries }: Outage): number {
  return tries.length < TRIES_PER_HOUR ? 0 : tries.at(-TRIES_PER_HOUR)! + HOUR_MS
}
