/** The scenarios in their order. */

import type { Scenario } from '../scenario.ts'
import { accept } from './accept.ts'
import { ended } from './ended.ts'
import { locks } from './locks.ts'
import { renew } from './renew.ts'
import { signIn } from './sign-in.ts'
import { switchInBetween } from './switch-in-between.ts'
import { verification } from './verification.ts'

export const SCENARIOS: readonly Scenario[] = [accept, renew, switchInBetween, locks, ended, signIn, verification]
