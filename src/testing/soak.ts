/**
 * Days of use on compressed time: accounts of both providers, a person who uses them by day, a provider that fails one call
 * in twenty, readings by the real schedule and budget, and alerts. Counts what was read, told and shown against the
 * provider's own truth.
 */

import { listAccounts } from '../accounts/list-accounts.ts'
import { newAlertMemory, watchAccounts } from '../alerts/watch-accounts.ts'
import { alerts } from '../db/schema-alerts.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../lib/clock.ts'
import { listReadings, takeDueReading, tendSchedule } from '../limits/due-readings.ts'
import { keepForecasts } from '../limits/keep-forecasts.ts'
import { readUsage } from '../limits/read-usage.ts'
import { connectPerson } from './connected-account.ts'
import { buildFakeIdentity } from './fake-identities.ts'
import { fakeRandom } from './fake-random.ts'
import { type FakeWindow, fakeWindow } from './fake-usage.ts'
import { createTestContext, type TestContext } from './test-context.ts'

const THRESHOLDS = [80, 95, 100]
const SAME_RESET_MS = 10 * MINUTE_MS

export interface SoakOptions {
  days: number
  accounts: number
  faultShare: number
  /** Whether forecasts are made and told too. */
  withForecasts: boolean
}

export interface SoakResult {
  readings: number
  failedReadings: number
  refreshes: number
  mostCallsAnHour: number
  crossings: number
  /** Crossings that nobody was told of. */
  missed: number
  /** Crossings that were told more than once. */
  repeated: number
  /** What was told and had not been crossed. */
  falseAlerts: number
  forecastsTold: number
  /** Windows of which the page did not show what the provider's ledger adds up to. */
  wrongTotals: number
  totals: number
}

/** Runs it. */
export async function soak({ days, accounts, faultShare, withForecasts }: SoakOptions): Promise<SoakResult> {
  const identities = Array.from({ length: accounts }, (_, index) =>
    buildFakeIdentity(index % 2 === 0 ? 'claude' : 'codex', `person${index}`, 100 + index),
  )
  const world = await createTestContext({ provider: { identities } })
  try {
    const names = new Map<string, string>()
    for (const { name } of identities) {
      const now = world.clock.now()
      world.fake.usage.set(name, [
        fakeWindow('session', 0, null),
        fakeWindow('weekly', 0, now + (1 + (names.size % 6)) * DAY_MS),
      ])
      names.set((await connectPerson(world, name)).accountId, name)
    }
    return await new Soak(world, names, faultShare, withForecasts).run(days)
  } finally {
    await world.close()
  }
}

class Soak {
  readonly #dice = fakeRandom(20_261_122)
  readonly #memory = newAlertMemory()
  /** Crossings by account, kind of window, threshold and reset. */
  readonly #expected: { accountId: string; kind: string; threshold: number; resetsAt: number }[] = []
  /** Windows that were read before: what stands at the first reading is no crossing. */
  readonly #looked = new Set<string>()
  readonly #result = { readings: 0, failedReadings: 0, wrongTotals: 0, totals: 0 }

  constructor(
    readonly world: TestContext,
    readonly names: ReadonlyMap<string, string>,
    readonly faultShare: number,
    readonly withForecasts: boolean,
  ) {}

  async run(days: number): Promise<SoakResult> {
    const { clock, context } = this.world
    await tendSchedule(context)
    await watchAccounts(context, this.#memory)
    for (const until = clock.now() + days * DAY_MS; clock.now() < until; await clock.advance(MINUTE_MS)) {
      this.#use()
      if ((await this.#readDue()) > 0) await watchAccounts(context, this.#memory)
    }
    await this.#checkTotals()
    return { ...this.#result, ...this.#calls(), ...(await this.#alerts()) }
  }

  /** People work by day, in bursts, some much and some little. */
  #use(): void {
    const hour = new Date(this.world.clock.now()).getUTCHours()
    if (hour < 8 || hour >= 20) return
    let place = 0
    for (const name of this.names.values()) {
      const eagerness = 0.02 + (place++ % 5) * 0.045
      const windows = this.world.fake.usage.of(name)
      if (this.#dice.fraction() >= eagerness) continue
      for (const kind of ['session', 'weekly'] as const) {
        const window = windows.find((each) => each.kind === kind)!
        const percent = kind === 'session' ? 1 + Math.floor(this.#dice.fraction() * 6) : 1
        if (kind === 'weekly' && this.#dice.fraction() > 0.5) continue
        const room = 100 - window.usedPercent
        if (room > 0) this.world.fake.usage.use(name, Math.min(percent, room), { kind })
      }
    }
  }

  async #readDue(): Promise<number> {
    const { context, clock, fake } = this.world
    let read = 0
    for (const reading of await listReadings(context)) {
      if (reading.nextReadAt > clock.now() || !(await takeDueReading(context, reading))) continue
      const name = this.names.get(reading.accountId)!
      const provider = reading.provider as 'claude' | 'codex'
      const undo = (['usage', 'refresh'] as const)
        .filter(() => this.#dice.fraction() < this.faultShare)
        .map((endpoint) =>
          fake.faults.add({
            endpoint: `${provider}.${endpoint}`,
            identity: name,
            fault: { kind: 'status', status: 503 },
          }),
        )
      const { outcome } = await readUsage(context, reading.accountId, { actor: 'scheduler' })
      for (const remove of undo) remove()
      read += 1
      if (outcome === 'read') this.#note(reading.accountId, fake.usage.of(name))
      else this.#result.failedReadings += 1
      this.#result.readings += 1
      if (outcome === 'read' && this.withForecasts) await keepForecasts(context, reading.accountId)
    }
    return read
  }

  /** What somebody who reads exactly this would have to be told. */
  #note(accountId: string, windows: readonly FakeWindow[]): void {
    for (const { kind, usedPercent, resetsAt } of windows) {
      const key = `${accountId} ${kind}`
      const isFirst = !this.#looked.has(key)
      this.#looked.add(key)
      if (resetsAt === null) continue
      for (const threshold of THRESHOLDS.filter((each) => usedPercent >= each)) {
        const crossing = { accountId, kind, threshold, resetsAt }
        if (!isFirst && !this.#expected.some((other) => isSame(other, crossing))) this.#expected.push(crossing)
      }
    }
  }

  /** Everybody is read once more; then the page and the provider's ledger must agree to the last percent. */
  async #checkTotals(): Promise<void> {
    const { context, fake, clock } = this.world
    await clock.advance(2 * HOUR_MS)
    for (const accountId of this.names.keys()) await readUsage(context, accountId, { actor: 'browser' })
    for (const account of await listAccounts(context)) {
      const name = this.names.get(account.id)!
      for (const window of fake.usage.of(name)) {
        const from = (window.resetsAt ?? clock.now()) - window.lengthMs
        const booked = fake.usage.ledger
          .filter(({ identity, kind, at }) => identity === name && kind === window.kind && at >= from)
          .reduce((sum, { percent }) => sum + percent, 0)
        const truth = window.resetsAt === null ? 0 : booked
        const shown = account.usage.windows.find(({ kind }) => kind === window.kind)?.usedFraction
        this.#result.totals += 1
        if (shown == null || Math.round(shown * 1e6) !== truth * 1e4) this.#result.wrongTotals += 1
      }
    }
  }

  #calls(): Pick<SoakResult, 'mostCallsAnHour' | 'refreshes'> {
    const { ledger } = this.world.fake
    const isRefresh = ({ endpoint }: { endpoint: string }) => endpoint.endsWith('.refresh')
    let most = 0
    for (const own of Map.groupBy(
      ledger.entries.filter(({ endpoint }) => endpoint.endsWith('.usage')),
      ({ identity }) => identity,
    ).values()) {
      for (let start = 0, end = 0; end < own.length; end++) {
        while (own[end]!.at - own[start]!.at >= HOUR_MS) start += 1
        most = Math.max(most, end - start + 1)
      }
    }
    return { mostCallsAnHour: most, refreshes: ledger.entries.filter(isRefresh).length }
  }

  async #alerts() {
    const rows = await this.world.context.database.select().from(alerts)
    const told = rows.filter(({ isQuiet }) => !isQuiet)
    const uses = rows
      .filter(({ kind }) => kind === 'usage')
      .map(({ accountId, threshold, periodEndsAt, details, at, isQuiet }) => ({
        ...{ accountId: accountId!, threshold: threshold!, resetsAt: periodEndsAt ?? 0, at, isQuiet },
        kind: String(details.windowKind),
      }))
    // Crossed together with a higher one that is told: told with it.
    const isCovered = (use: (typeof uses)[number]) =>
      !use.isQuiet ||
      uses.some(
        (other) => !other.isQuiet && other.at === use.at && other.threshold > use.threshold && isSameWindow(other, use),
      )
    const tellings = this.#expected.map(
      (crossing) => uses.filter((use) => isSame(use, crossing) && isCovered(use)).length,
    )
    const falseUses = uses.filter((use) => !use.isQuiet && !this.#expected.some((crossing) => isSame(use, crossing)))
    const others = told.filter(({ kind }) => kind !== 'usage' && kind !== 'forecast')
    return {
      crossings: this.#expected.length,
      missed: tellings.filter((count) => count === 0).length,
      repeated: tellings.filter((count) => count > 1).length,
      falseAlerts: falseUses.length + others.length,
      forecastsTold: told.filter(({ kind }) => kind === 'forecast').length,
    }
  }
}

interface Crossing {
  accountId: string
  kind: string
  threshold: number
  resetsAt: number
}

function isSame(one: Crossing, other: Crossing): boolean {
  return one.threshold === other.threshold && isSameWindow(one, other)
}

function isSameWindow(one: Crossing, other: Crossing): boolean {
  return (
    one.accountId === other.accountId &&
    one.kind === other.kind &&
    Math.abs(one.resetsAt - other.resetsAt) < SAME_RESET_MS
  )
}
