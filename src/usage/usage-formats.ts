/** The formats of usage answers by name: a provider's definition names one, so that no code asks which provider it is. */

import { readClaudeUsage } from './claude.ts'
import { readCodexUsage } from './codex.ts'
import { readCopilotUsage } from './copilot.ts'
import type { UsageParser } from './usage-reading.ts'

/** Parsers by the name that `Provider.usageFormat` holds. */
export const USAGE_PARSERS: Record<'claude' | 'codex' | 'copilot', UsageParser> = {
  claude: readClaudeUsage,
  codex: readCodexUsage,
  copilot: readCopilotUsage,
}
