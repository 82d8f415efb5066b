/** The CLIs that are known. */

import type { CliName } from '../credential-file.ts'
import { claude } from './claude.ts'
import type { Cli } from './cli.ts'
import { codex } from './codex.ts'

/** Every CLI by its name; where one has to be told from its files, they are asked in this order. */
export const CLIS: Readonly<Record<CliName, Cli>> = { claude, codex }
