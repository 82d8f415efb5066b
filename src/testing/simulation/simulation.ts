/**
 * One run: a provider, a database, files, and processes of the product that work on them while the weather does its worst.
 * A seed decides everything. After the storm everything must be kept, or its loss told.
 */

import { adoptFromFile } from '../../accounts/adopt-from-file.ts'
import { issueToken } from '../../accounts/issue-token.ts'
import { recoverAbandoned, recoverAttempts } from '../../accounts/recover-attempts.ts'
import { refreshGrant } from '../../accounts/refresh-grant.ts'
import { replayAnswers } from '../../accounts/replay-answers.ts'
import { MINUTE_MS, SECOND_MS } from '../../lib/clock.ts'
import { startJob } from '../../workers/recurring-job.ts'
import { createRefreshScheduler } from '../../workers/refresh-scheduler.ts'
import { planChanges } from './account-changes.ts'
import { type CliWriter, readSimulatedFile } from './cli-writer.ts'
import { type ModelLogin, ModelProvider } from './model-provider.ts'
import { ModelSpool } from './model-spool.ts'
import { createModelStore, type ModelStore } from './model-store.ts'
import { ModelTables } from './model-tables.ts'
import { Rules } from './rules.ts'
import { simulatedFiles } from './seam.ts'
import { seedAccount } from './seed-account.ts'
import { SimulatedProcess, sealedText } from './simulated-process.ts'
import { type Connection, cutConnections } from './simulated-transport.ts'
import { type Fate, isAtRest, judge, silentLoss } from './verdict.ts'
import { CALM, forecast, type Weather } from './weather.ts'
import { World } from './world.ts'

const REPLAY = { name: 'bring answers', cadenceMs: MINUTE_MS, reason: '' }
const RECOVERY = { name: 'recover abandoned refreshes', cadenceMs: MINUTE_MS, reason: '' }
const LONGEST_CALM_MS = 45 * MINUTE_MS
/** A run that goes on longer than this goes round in circles. */
const MOST_STEPS = 30_000

export class Simulation {
  readonly world: World
  weather: Weather
  readonly provider: ModelProvider
  readonly tables: ModelTables
  readonly store: ModelStore
  readonly rules: Rules
  readonly connections = new Set<Connection>()
  readonly writers: CliWriter[] = []
  readonly processes: SimulatedProcess[] = []
  storeAwayUntil = 0
  #started = 0
  #servers = new Set<SimulatedProcess>()

  constructor(seed: number, isTraced = false) {
    this.world = new World(seed, isTraced)
    this.weather = forecast(this.world.dice)
    this.provider = new ModelProvider(this.world, this.weather.reuse)
    this.tables = new ModelTables(() => this.world.time)
    this.rules = new Rules(this)
    this.tables.observers.push(this.rules)
    const store = createModelStore(this.tables)
    const { takeLease } = store
    this.store = Object.assign(store, {
      takeLease: (request: Parameters<typeof takeLease>[0]) => {
        const isTaken = takeLease(request)
        if (isTaken) this.rules.leaseTaken(request.attemptId)
        return isTaken
      },
    })
    simulatedFiles.read = (path) => readSimulatedFile(this, path)
  }

  /** Runs from start to verdict. Errors: Violation */
  run(): Fate[] {
    const { world, weather } = this
    world.note(JSON.stringify(weather))
    for (let number = 1; number <= weather.accounts; number++) seedAccount(this, number)
    for (let number = 0; number < weather.processes; number++) this.#start(number === 0)
    this.#planActs()
    const end = world.time + weather.chaosMs
    while (this.#step(end)) this.#strike()
    this.#calm()
    this.#untilSettled()
    this.#eachLogin((login, grant) => {
      const broken = silentLoss(this.provider, login, grant)
      if (broken) world.fail(broken)
    })
    if (weather.file !== 'none') this.#askEach((process, id) => adoptFromFile(process.context, id))
    this.#untilSettled()
    // Who asks twice in two seconds means one refresh.
    this.#rest(3 * SECOND_MS)
    this.#askEach((process, id) => refreshGrant(process.context, id, { purpose: 'requested', actor: 'api' }))
    this.#untilSettled()
    this.rules.answersAreKept()
    return this.#judge()
  }

  #judge(): Fate[] {
    const fates: Fate[] = []
    this.#eachLogin((login, grant) => {
      // What a CLI may do alone is its own affair; that we stay out of it is a rule of every step.
      const fate = this.weather.file === 'followed' ? 'kept' : judge(this.provider, login, grant)
      this.world.note(`verdict: ${JSON.stringify(fate)}`)
      if (typeof fate === 'string') fates.push(fate)
      else this.world.fail(fate.broken)
    })
    this.#throwViolation()
    return fates
  }

  #eachLogin(
    look: (login: ModelProvider['logins'][number], grant: NonNullable<ReturnType<ModelTables['current']>>) => void,
  ) {
    for (const accountId of this.tables.accounts.keys()) {
      const grant = this.tables.current(accountId)!
      look(this.provider.locate(sealedText(grant.refreshTokenSealed!))!.login, grant)
    }
    this.#throwViolation()
  }

  /** Nobody wants its answers any more. */
  isRemoved(login: ModelLogin | null): boolean {
    return login !== null && ![...this.tables.accounts.values()].some(({ subject }) => subject === login.subject)
  }

  /** A process begins as the product does: recovery first, then the schedule. */
  #start(isServer: boolean, spool = new ModelSpool(this)): void {
    const { world } = this
    const process = new SimulatedProcess(this, `p${++this.#started}`, !this.weather.isShared, spool)
    this.processes.push(process)
    if (isServer) this.#servers.add(process)
    process.context.events.subscribe((event) => {
      if (event.type === 'grant.refreshed') this.rules.refreshTold(process)
    })
    world.note(isServer ? 'starts, with a schedule' : 'starts', process)
    this.world.enter(process, () => {
      void this.#begin(process, isServer)
    })
  }

  async #begin(process: SimulatedProcess, isServer: boolean): Promise<void> {
    for (;;) {
      try {
        if (this.weather.isRemote) await replayAnswers(process.context)
        await recoverAttempts(process.context)
        break
      } catch {
        await process.context.clock.sleep(5 * SECOND_MS)
      }
    }
    if (this.weather.isRemote)
      startJob(process.context, { ...REPLAY, run: async (each) => void (await replayAnswers(each)) })
    if (!isServer) return
    createRefreshScheduler(process.context).start()
    startJob(process.context, { ...RECOVERY, run: recoverAbandoned })
  }

  #planActs(): void {
    const { world, weather } = this
    const { dice } = world
    const sometime = () => dice.between(0, weather.chaosMs)
    for (let act = 0; act < weather.acts * weather.processes; act++) {
      world.after(sometime(), null, 'somebody asks', () => this.#act())
    }
    planChanges(this, sometime)
    const rotations = weather.file === 'none' ? 0 : dice.between(1, 3)
    for (let rotation = 0; rotation < rotations; rotation++) {
      world.after(sometime(), null, 'the CLI wakes', () => dice.pick(this.writers).rotate())
    }
    for (let absence = 0; absence < 3; absence++) {
      if (!dice.chance(weather.storeAway)) continue
      const lengthMs = dice.between(1, 90) * SECOND_MS
      world.after(sometime(), null, 'the database goes away', () => {
        if (this.weather.storeAway > 0) this.storeAwayUntil = world.time + lengthMs
      })
    }
  }

  #act(): void {
    const { dice } = this.world
    const awake = this.processes.filter((process) => process.isAlive && process.pausedUntil <= this.world.time)
    if (awake.length === 0) return
    const process = dice.pick(awake)
    const accountId = `acc_${dice.between(1, this.weather.accounts)}`
    const kind = dice.pick(['requested', 'requested', 'token_needed', 'rejected_token', 'token', 'look'] as const)
    if (kind === 'look') this.#ask(process, kind, () => adoptFromFile(process.context, accountId))
    else if (kind === 'token') {
      const minValidityMs = dice.chance(0.5) ? 50 * MINUTE_MS : undefined
      this.#ask(process, kind, async () => {
        const { accessToken } = await issueToken(process.context, accountId, { minValidityMs, actor: 'api' })
        this.rules.tokenGiven(accessToken.reveal())
      })
    } else this.#ask(process, kind, () => refreshGrant(process.context, accountId, { purpose: kind, actor: 'api' }))
  }

  /** Somebody waits for the answer, good or bad. */
  #ask(process: SimulatedProcess, what: string, act: () => Promise<unknown>): void {
    const { world, rules } = this
    const call = { process, what, startedAt: world.time, pausedMsAtStart: process.pausedMs }
    rules.calls.add(call)
    world.note(`is asked: ${what}`, process)
    const answered = (answer: unknown) => {
      rules.calls.delete(call)
      if (world.isTraced) world.note(`answers ${what}: ${describe(answer)}`, process)
    }
    this.world.enter(process, () => void act().then(answered, (error) => this.#refused(error, answered)))
  }

  /** An expected refusal is an answer; anything else is a bug. */
  #refused(error: unknown, answered: (answer: unknown) => void): void {
    const name = error instanceof Error ? error.name : ''
    if (name !== 'AccountError' && name !== 'StoreError') this.world.fail(`unexpected: ${String(error)}`)
    answered(error)
  }

  #step(until: number): boolean {
    const { world } = this
    const before = world.time
    const hasStepped = world.step(until)
    if (world.time !== before) this.rules.timePassed()
    if (world.steps > MOST_STEPS) world.fail('it never comes to rest')
    this.#throwViolation()
    return hasStepped
  }

  #throwViolation(): void {
    if (this.world.violation) throw this.world.violation
  }

  /** Between any two steps a process may die or be stopped, or the machine's clock be set. */
  #strike(): void {
    const { world, weather } = this
    const { dice } = world
    const alive = this.processes.filter(({ isAlive }) => isAlive)
    if (alive.length === 0) return
    if (dice.chance(weather.crash)) this.#kill(dice.pick(alive))
    if (dice.chance(weather.pause)) {
      const process = dice.pick(alive)
      const pauseMs = dice.pick([1, 30, 70, 120, 900]) * SECOND_MS
      const until = Math.max(process.pausedUntil, world.time + pauseMs)
      process.pausedMs += until - Math.max(process.pausedUntil, world.time)
      process.pausedUntil = until
      world.note(`is stopped for ${pauseMs / SECOND_MS} s`, process)
    }
    if (dice.chance(weather.clockJump)) {
      const process = dice.pick(alive)
      process.wallOffset = dice.pick([-1, 1]) * dice.pick([MINUTE_MS, 60 * MINUTE_MS, 1_440 * MINUTE_MS, 0])
      world.note(`its wall clock is off by ${process.wallOffset / SECOND_MS} s`, process)
    }
  }

  #kill(process: SimulatedProcess): void {
    const { world } = this
    world.note('is killed', process)
    process.isAlive = false
    world.forget(process)
    cutConnections(process)
    this.rules.processDied(process)
    const isServer = this.#servers.has(process)
    world.after(world.dice.between(0, 30) * SECOND_MS, null, 'a process starts', () =>
      this.#start(isServer, process.spool),
    )
  }

  #calm(): void {
    const { world } = this
    world.note('the storm is over')
    this.weather = { ...this.weather, ...CALM, slowStore: this.weather.slowStore > 0 ? Number.MIN_VALUE : 0 }
    this.storeAwayUntil = 0
    for (const process of this.processes) {
      process.pausedUntil = Math.min(process.pausedUntil, world.time)
      process.wallOffset = 0
    }
    if (![...this.#servers].some(({ isAlive }) => isAlive)) this.#start(true)
  }

  #rest(ms: number): void {
    const end = this.world.time + ms
    while (this.#step(end));
  }

  #askEach(act: (process: SimulatedProcess, accountId: string) => Promise<unknown>): void {
    const process = this.processes.findLast(({ isAlive }) => isAlive)!
    for (const accountId of this.tables.accounts.keys()) this.#ask(process, 'at the end', () => act(process, accountId))
  }

  /** Goes on until nobody waits, nothing is in doubt and nothing is due; or for as long as that may take. */
  #untilSettled(): void {
    const { world } = this
    const end = world.time + LONGEST_CALM_MS
    let seen = -1
    while (this.#step(end)) {
      if (world.time === seen) continue
      seen = world.time
      if (this.#isSettled()) return
    }
    if (!this.#isSettled()) world.fail('it does not come to rest when all is calm')
    this.#throwViolation()
  }

  #isSettled(): boolean {
    if (this.rules.calls.size > 0 || this.connections.size > 0) return false
    return [...this.tables.grants.values()].every((grant) => isAtRest(grant, this.world.time))
  }
}

function describe(answer: unknown): string {
  return answer instanceof Error ? `${answer.name} ${answer.message}` : JSON.stringify(answer ?? 'done')
}
