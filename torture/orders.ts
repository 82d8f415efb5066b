/** What the harness says to a program under torture, and what that answers: one line of JSON each. */

import type { FakeIssue } from '../src/testing/fake-grants.ts'

/**
 * Where a refresh is killed. `during_commit` is done from outside, as soon as the program says that it begins to write;
 * the two that are `held` while the provider keeps the request, or the answer.
 */
export const KILL_POINTS = [
  'before_lease',
  'after_lease',
  'before_send',
  'held_request',
  'held_answer',
  'after_answer',
  'before_commit',
  'during_commit',
  'after_commit',
  'told',
] as const
export type KillPoint = (typeof KILL_POINTS)[number]

/** A sign-in as the provider gave it; only what a client would be told. */
export interface GivenLogin {
  family: Pick<FakeIssue['family'], 'identity' | 'clientId' | 'scopes' | 'loginEndsAt'>
  pair: FakeIssue['pair']
}

export type Order =
  /** Opens what is stored and recovers. `offsetMs`: how far its wall clock is ahead of the machine's. */
  | { do: 'open'; offsetMs?: number; rate?: number }
  | { do: 'state' }
  | { do: 'connect'; login: GivenLogin; isPaused?: boolean }
  /** `dieAt` a number: so many milliseconds after it began. */
  | { do: 'refresh'; purpose?: string; dieAt?: KillPoint | number | null; accountId?: string }
  /** The one retry after an unknown outcome, when its time has come. */
  | { do: 'retry' }
  | { do: 'clock'; offsetMs: number }
  | { do: 'work' }
  | { do: 'link'; path: string; isTakenOver?: boolean }
  | { do: 'adopt' }
  /** How many token requests were tried for one account at most. */
  | { do: 'calls' }
  /** Brings answers that wait in the spool. */
  | { do: 'replay' }
  | { do: 'checkpoint' }
  | { do: 'measure'; count: number }
  /** Refreshes that say when the answer has come and when the caller is told, for whoever watches from outside. */
  | { do: 'mark'; count: number }
  | { do: 'close' }

/** A login as the program itself sees it. */
export interface LoginState {
  accountId: string
  generation: number
  /** `fingerprint` of the ledger of the refresh token that it would use next. */
  refreshToken: string
  accessToken: string
  isUncertain: boolean
  /** Until its next refresh by the schedule, milliseconds; null for none. */
  nextRefreshInMs: number | null
  /** As its owner reads it. */
  status: string
  reason: string
}

export interface Answer {
  /** `opened`, `done`, or what went wrong. */
  said: string
  states: LoginState[]
  outcome?: string
  reason?: string
  /** Of `measure`: from the answer in the program's hands until the commit returned, each; milliseconds. */
  samples?: number[]
  /** Of `measure`: when each commit returned, by the clock of `provider.answeredAt`. */
  durableAt?: number[]
  /** Of `calls`: tries of the account that made most of them. */
  mostTries?: number
}

/** A clock that all processes of this machine read alike, finer than milliseconds. Epoch milliseconds. */
export function sharedClockMs(): number {
  return performance.timeOrigin + performance.now()
}

/** Lines that come before the answer. */
export interface Notice {
  at: 'ready' | 'began' | 'committing' | 'answered' | 'told'
}
