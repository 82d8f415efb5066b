/**
 * Kills a program in the middle of a refresh, again and again, and compares what it knows after its next start with what
 * the provider knows. The same loop for every program that takes orders.
 */

import type { Environment } from '../bench/process.ts'
import { currentPair, type FakeFamily } from '../src/testing/fake-grants.ts'
import type { Answer, KillPoint, LoginState } from './orders.ts'
import { type ProgramKind, startVictim, type Victim } from './program.ts'
import { isAlive, type TortureProvider } from './provider.ts'

/**
 * By the provider's ledger. `not_spent`: the token still works. `spent_not_delivered`: the answer did not leave whole.
 * `delivered`: it did, and nobody was told yet. `acknowledged`: the caller was told.
 */
export const CLASSES = ['not_spent', 'spent_not_delivered', 'delivered', 'acknowledged'] as const
export type KillClass = (typeof CLASSES)[number]

/** A number: so many milliseconds after the refresh began. */
export type Kill = KillPoint | number

export interface Tally {
  kills: number
  classes: Record<KillClass, { kept: number; lost: number }>
  /** Lost, and the program still says that the login is fine. */
  silent: number
  /** The store did not open after the kill. */
  corrupt: number
  /** Token calls with one refresh token beyond the refresh and its one retry. */
  secondSpends: number
  randomKills: number
  randomLost: number
  /** From the restart until a loss was told; milliseconds, the longest. */
  toldAfterMs: number
  /** What was lost in a class in which nothing may be, for whoever looks for the reason. */
  notes: string[]
}

export interface KillLoop {
  kind: ProgramKind
  provider: TortureProvider
  environment: Environment
  kills: Iterable<Kill>
  /** Refreshes of each process before the one that is killed; 5 unless told. */
  warmUp?: number
}

/** The clock of the program goes on by this between two refreshes, so that each is wanted. */
const STEP_MS = 100_000
const WARM_UP = 5

interface Attempt {
  kill: Kill
  family: FakeFamily
  spent: string
  isTold: boolean
  isDelivered: boolean
}

export async function killLoop(loop: KillLoop): Promise<Tally> {
  const { kind, provider, environment } = loop
  const tally: Tally = {
    kills: 0,
    classes: Object.fromEntries(CLASSES.map((name) => [name, { kept: 0, lost: 0 }])) as Tally['classes'],
    silent: 0,
    corrupt: 0,
    secondSpends: 0,
    randomKills: 0,
    randomLost: 0,
    toldAfterMs: 0,
    notes: [],
  }
  let last: Attempt | null = null
  let family: FakeFamily | null = null
  let spare = startVictim(kind, environment)
  for (const kill of [...loop.kills, null]) {
    const victim = spare
    const startedAt = performance.now()
    const opened = await victim.ask({ do: 'open', offsetMs: tally.kills * STEP_MS })
    if (opened.said !== 'opened') {
      await Promise.all([victim.kill(), spare.kill()])
      if (last === null) throw new Error(opened.said)
      tally.corrupt += 1
      tally.notes.push(opened.said)
      break
    }
    if (last) {
      const isKept = await judge(tally, provider, victim, opened, last, startedAt)
      if (!isKept) family = null
    }
    if (kill === null) {
      await victim.kill()
      break
    }
    spare = startVictim(kind, environment)
    if (!family) {
      const signedIn = provider.signIn()
      family = signedIn.family
      await victim.ask({ do: 'connect', login: signedIn.login })
    }
    // A dashboard runs for weeks: what is killed is not the first refresh of a process.
    await victim.ask({ do: 'measure', count: loop.warmUp ?? WARM_UP })
    // Its start must not take the processor from the refresh that is looked at.
    await spare.ready
    last = await attempt(provider, victim, family, kill)
    tally.kills += 1
  }
  await spare.kill()
  return tally
}

async function attempt(provider: TortureProvider, victim: Victim, family: FakeFamily, kill: Kill): Promise<Attempt> {
  const spent = currentPair(family).refreshToken!
  const deliveredBefore = provider.delivered()
  const began = victim.notice('began')
  const held = kill === 'held_request' || kill === 'held_answer' ? provider.hold(kill.slice(5) as 'request') : null
  const committing = kill === 'during_commit' ? victim.notice('committing') : null
  let isTold = false
  const answer = victim.tell({ do: 'refresh', dieAt: kill }).then((said) => {
    isTold = said !== null && (said.outcome === 'refreshed' || said.outcome === 'saved')
  })
  await began
  // A program without such a point is killed when it is done.
  if (held) await Promise.race([held, answer])
  else if (committing) await Promise.race([committing, answer])
  else if (typeof kill === 'number') await victim.ended
  else await answer
  const isDelivered = provider.delivered() > deliveredBefore
  await victim.kill()
  await answer
  provider.holdNothing()
  // A program that kills itself had what it had; one that is killed from here may have got it on the way.
  return { kill, family, spent, isTold, isDelivered: isDelivered || provider.delivered() > deliveredBefore }
}

/** True when the login is kept. */
async function judge(
  tally: Tally,
  provider: TortureProvider,
  victim: Victim,
  opened: Answer,
  { kill, family, spent, isTold, isDelivered }: Attempt,
  startedAt: number,
): Promise<boolean> {
  const kind: KillClass = isTold
    ? 'acknowledged'
    : !family.consumed.has(spent)
      ? 'not_spent'
      : isDelivered
        ? 'delivered'
        : 'spent_not_delivered'
  let state: LoginState = opened.states[0]!
  let waitedMs = 0
  if (state.isUncertain) {
    waitedMs = Math.max(0, state.nextRefreshInMs ?? 0)
    state = (await victim.ask({ do: 'retry' })).states[0]!
  }
  const toldAfterMs = performance.now() - startedAt + waitedMs
  const isKept = isAlive(family, state.refreshToken)
  const isRandom = typeof kill === 'number'
  tally.classes[kind][isKept ? 'kept' : 'lost'] += 1
  tally.secondSpends += Math.max(0, provider.spends(spent).length - (kind === 'acknowledged' ? 1 : 2))
  if (isRandom) tally.randomKills += 1
  if (isKept) return true
  if (isRandom) tally.randomLost += 1
  if (state.status === 'sign_in_again') tally.toldAfterMs = Math.max(tally.toldAfterMs, toldAfterMs)
  else tally.silent += 1
  const isInside = provider.isStrict && (kind === 'delivered' || kind === 'spent_not_delivered')
  if (!isInside) {
    const calls = provider.spends(spent).map(({ outcome }) => outcome)
    tally.notes.push(`${kind} lost at ${kill}: ${opened.states[0]!.reason}, then ${state.reason} (${calls})`)
  }
  return false
}
