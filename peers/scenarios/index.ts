/** The scenarios in their order. */

import type { Scenario } from '../scenario.ts'
import { accept } from './accept.ts'

export const SCENARIOS: readonly Scenario[] = [accept]
