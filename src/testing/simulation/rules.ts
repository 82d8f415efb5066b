/**
 * What must hold after every step of a run, judged by the provider's ledger and by what was written: nothing here is told by
 * the code under test.
 */

import type { AttemptRow } from '../../db/attempt-store.ts'
import type { GrantRow } from '../../db/grant-store.ts'
import type { ProviderRequest } from './model-provider.ts'
import { SimulatedProcess, sealedText } from './simulated-process.ts'
import type { Simulation } from './simulation.ts'

/** Somebody waits for an answer of ours. */
export interface OpenCall {
  process: SimulatedProcess
  what: string
  startedAt: number
  pausedMsAtStart: number
}

/** Nobody waits longer than this for an answer; true milliseconds in which the process runs. */
const LONGEST_CALL_MS = 240_000
const LONGEST_SLOW_CALL_MS = 1_500_000

export class Rules {
  readonly calls = new Set<OpenCall>()
  /** Access tokens that were ever durable as a generation. */
  readonly #durable = new Set<string>()
  readonly #held: { request: ProviderRequest; process: SimulatedProcess }[] = []
  /** Attempts after which the same token may be sent again. */
  readonly #doubted = new Set<string>()
  readonly #done = new Map<string, Set<string>>()
  readonly #told = new Map<string, number>()
  readonly #leasedAt = new Map<string, number>()

  constructor(readonly simulation: Simulation) {}

  /** A row was written. */
  grantChanged(before: GrantRow, after: GrantRow): void {
    const { world, provider } = this.simulation
    this.noteDurable(after)
    if (after.generation < before.generation) world.fail('a generation went back')
    const isTaken = before.leaseOwner !== null && after.leaseOwner !== null && before.leaseOwner !== after.leaseOwner
    if (isTaken && (before.leaseUntil ?? 0) > world.time) world.fail('a lease was taken while it ran')
    const [old, next] = [before, after].map((row) => provider.locate(sealedText(row.refreshTokenSealed ?? '')))
    if (old && next && old.login === next.login && next.index < old.index) {
      world.fail('an older token was written over a newer one')
    }
  }

  noteDurable(grant: GrantRow): void {
    this.#durable.add(sealedText(grant.accessTokenSealed))
  }

  attemptEnded(attempt: AttemptRow): void {
    const { outcome, id, owner, code } = attempt
    if (outcome === 'unknown' || outcome === 'transient' || outcome === 'not_sent') this.#doubted.add(id)
    if (outcome === 'done') this.#doneBy(owner).add(id)
    if (outcome !== 'unknown' || code !== 'interrupted') return
    for (const request of this.simulation.provider.requests) {
      if (request.attemptId !== id || this.#isDurable(request)) continue
      const { running } = this.simulation.world
      const { child } = request
      const isHere = child !== null && running instanceof SimulatedProcess && running.spool.has(child.accessToken)
      if (isHere) this.simulation.world.fail('an answer was given up that waits in the own spool')
      request.excuse ??= 'its lease was over'
    }
  }

  /** Under which attempt a process sends a token. */
  senderOf(process: SimulatedProcess, token: string): { attemptId: string | null; owner: string } {
    const { tables, world, provider } = this.simulation
    const attempt = tables.attempts.findLast(
      ({ owner, parentFingerprint }) => owner === process.name && parentFingerprint === `refresh_token:${token}`,
    )
    // The records of an account go with it; what a stopped process then sends for it is nobody's any more.
    const login = provider.locate(token)?.login ?? null
    if (!attempt && !this.simulation.isRemoved(login)) world.fail('a token was sent without a recorded attempt')
    return { attemptId: attempt?.id ?? null, owner: process.name }
  }

  /** A request of ours is at the provider. */
  requestArrived(request: ProviderRequest, process: SimulatedProcess): void {
    const { world, provider, weather } = this.simulation
    for (const earlier of provider.requests) {
      if (earlier === request || earlier.by !== 'us') continue
      if (earlier.login !== request.login || earlier.index !== request.index) continue
      if (earlier.attemptId === request.attemptId) world.fail('a token was sent twice in one attempt')
      else if (!this.#doubted.has(earlier.attemptId!)) world.fail('a token was sent again that nobody had doubted')
    }
    if (weather.file === 'followed') world.fail(`${process.name} spent a token that only the CLI may spend`)
    if (weather.file === 'taken_over') this.#compareWithFile(request)
  }

  /** Whatever lay whole in the file when the lease was taken is known, and a token that it replaces is not sent. */
  #compareWithFile(request: ProviderRequest): void {
    const { writers, world, provider, tables } = this.simulation
    const leasedAt = this.#leasedAt.get(request.attemptId ?? '') ?? 0
    const file = writers.find(({ login }) => login === request.login)?.file
    const inFile = file?.pair && file.since < leasedAt ? provider.locate(file.pair.refreshToken) : null
    // An answer that took long seems to end later than one that came quickly: then nobody can tell by their ends.
    const attempt = tables.attempts.find(({ id }) => id === request.attemptId)
    const heldUntil = tables.grants.get(attempt?.grantId ?? '')?.accessTokenExpiresAt ?? 0
    const isNewer = inFile !== null && inFile.index > request.index && file!.pair!.expiresAt > heldUntil
    if (isNewer && !inFile.login.isRevoked) world.fail('a token was sent that the file had replaced')
  }

  /** What was sent in this attempt may be sent again. */
  doubt(attemptId: string): void {
    this.#doubted.add(attemptId)
  }

  leaseTaken(attemptId: string): void {
    this.#leasedAt.set(attemptId, this.simulation.world.time)
  }

  /** A process has a whole answer with tokens in its hands. */
  answerHeld(request: ProviderRequest, process: SimulatedProcess): void {
    this.#held.push({ request, process })
  }

  processDied(process: SimulatedProcess): void {
    for (const { request, process: holder } of this.#held) {
      if (holder === process && !this.#isDurable(request) && !this.#isInSpool(request))
        request.excuse ??= 'its process died'
    }
    for (const call of this.calls) if (call.process === process) this.calls.delete(call)
  }

  /** News of a refresh: it must have been written by then. */
  refreshTold(process: SimulatedProcess): void {
    const told = (this.#told.get(process.name) ?? 0) + 1
    this.#told.set(process.name, told)
    // Whoever brings an answer from the spool tells of what another may have done and not told.
    if (!this.simulation.weather.isRemote && told > this.#doneBy(process.name).size)
      this.simulation.world.fail('a refresh was told before it was durable')
  }

  /** An access token left the process. */
  tokenGiven(accessToken: string): void {
    if (!this.#durable.has(accessToken)) this.simulation.world.fail('a token was given that was not durable')
  }

  /** Nobody waits for ever. */
  timePassed(): void {
    const { world, weather } = this.simulation
    const longest = weather.slowStore > 0 ? LONGEST_SLOW_CALL_MS : LONGEST_CALL_MS
    for (const { process, what, startedAt, pausedMsAtStart } of this.calls) {
      const waitedMs = world.time - startedAt - (process.pausedMs - pausedMsAtStart)
      if (waitedMs > longest) world.fail(`${process.name} never answered: ${what}`)
    }
  }

  /** When all is calm, every good answer that reached a living process is kept somewhere. */
  answersAreKept(): void {
    for (const { request, process } of this.#held) {
      if (!process.isAlive || this.#isDurable(request) || this.#isInInbox(request)) continue
      if (this.#isInSpool(request) || this.simulation.isRemoved(request.login)) continue
      this.simulation.world.fail('a good answer was thrown away')
    }
  }

  #isDurable({ child }: ProviderRequest): boolean {
    return child !== null && this.#durable.has(child.accessToken)
  }

  /** On the disk of some machine, and replayed from there. */
  #isInSpool({ child }: ProviderRequest): boolean {
    return child !== null && this.simulation.processes.some(({ spool }) => spool.has(child.accessToken))
  }

  #isInInbox({ child }: ProviderRequest): boolean {
    const answers = [...this.simulation.tables.inbox.values()]
    return child !== null && answers.some(({ answerSealed }) => answerSealed.includes(child.accessToken))
  }

  #doneBy(owner: string): Set<string> {
    const done = this.#done.get(owner) ?? new Set()
    this.#done.set(owner, done)
    return done
  }
}
