/** The providers that come with the program, in the order in which they are offered. */

import type { Provider } from '../provider.ts'
import { claude } from './claude.ts'
import { codex } from './codex.ts'
import { copilot } from './copilot.ts'

export const builtInProviders: readonly Provider[] = [claude, codex, copilot]
