/** Which faults a run meets, and how often. Each seed has its own mixture, so that rare ones are not drowned by others. */

import type { Dice } from './dice.ts'
import type { ReuseRule } from './model-provider.ts'

/** Shares are of the calls they concern, 0–1; `…Ms` milliseconds. */
export interface Weather {
  reuse: ReuseRule
  /** The database is a file that one process has at a time, or is shared by several. */
  isShared: boolean
  /** The shared database is far away: answers go to the spool of their machine first. */
  isRemote: boolean
  /** The database came back from an older copy: every login in it is suspect, and some were refreshed since. */
  isRestored: boolean
  processes: number
  accounts: number
  /** How an account's login also lies in a file: not at all, followed, or taken over with the CLI still using it. */
  file: 'none' | 'followed' | 'taken_over'
  /** Whose login the file holds is certain only from the profile. */
  isIdentityVague: boolean
  chaosMs: number
  acts: number
  crash: number
  pause: number
  clockJump: number
  unreachable: number
  lostRequest: number
  lostAnswer: number
  tornAnswer: number
  serverError: number
  rateLimit: number
  slowNetwork: number
  storeRefusal: number
  storeUnheard: number
  /** How often the database goes away for a while, per act. */
  storeAway: number
  slowStore: number
  spoolFull: number
  /** Somebody signs in anew, or removes the account, whatever is under way. */
  newSignIn: number
  removal: number
}

export function forecast(dice: Dice): Weather {
  const sometimes = (share: number, value: number) => (dice.chance(share) ? value * (0.2 + dice.fraction()) : 0)
  const isShared = dice.chance(0.7)
  const file = dice.chance(0.7) ? 'none' : dice.pick(['followed', 'taken_over'] as const)
  return {
    reuse: dice.pick(['revokes', 'revokes', 'refuses', 'grace']),
    isShared,
    isRemote: isShared && dice.chance(0.5),
    isRestored: file === 'none' && dice.chance(0.1),
    processes: isShared ? dice.between(2, 3) : 1,
    accounts: dice.chance(0.8) ? 1 : 2,
    file,
    isIdentityVague: dice.chance(0.5),
    chaosMs: dice.pick([20_000, 60_000, 200_000, 900_000]),
    acts: dice.between(2, 5),
    crash: sometimes(0.5, 0.04),
    pause: sometimes(0.35, 0.03),
    clockJump: file === 'none' ? sometimes(0.2, 0.02) : 0,
    unreachable: sometimes(0.3, 0.3),
    lostRequest: sometimes(0.3, 0.3),
    lostAnswer: sometimes(0.4, 0.3),
    tornAnswer: sometimes(0.15, 0.2),
    serverError: sometimes(0.3, 0.3),
    rateLimit: sometimes(0.2, 0.3),
    slowNetwork: sometimes(0.3, 0.4),
    storeRefusal: sometimes(0.3, 0.15),
    storeUnheard: sometimes(0.3, 0.15),
    storeAway: sometimes(isShared ? 0.4 : 0.2, 0.5),
    slowStore: sometimes(0.2, 0.1),
    spoolFull: sometimes(0.2, 0.3),
    newSignIn: file === 'none' ? sometimes(0.2, 0.8) : 0,
    removal: file === 'none' ? sometimes(0.1, 0.6) : 0,
  }
}

/** What is left when the storm is over. */
export const CALM: Partial<Weather> = {
  crash: 0,
  pause: 0,
  clockJump: 0,
  unreachable: 0,
  lostRequest: 0,
  lostAnswer: 0,
  tornAnswer: 0,
  serverError: 0,
  rateLimit: 0,
  slowNetwork: 0,
  storeRefusal: 0,
  storeUnheard: 0,
  storeAway: 0,
  slowStore: 0,
  spoolFull: 0,
}
