/** Lines of Codex's transcripts: `sessions/YEAR/MONTH/DAY/rollout-….jsonl`. */

import { type CountedLine, count, instant, member, type TranscriptFormat } from './token-count.ts'

/**
 * Source: events `token_count` with `info.last_token_usage` and the sum `info.total_token_usage` (input_tokens with
 *   cached_input_tokens among them, output_tokens with reasoning); `info` is null where only limits are told, and an event
 *   with the same sum as before repeats it
 */
export const codexTranscript: TranscriptFormat = {
  folder: 'sessions',
  marker: '"token_count"',
  growsById: false,
  read(line: unknown): CountedLine | null {
    const payload = member(line, 'payload')
    const last = member(member(payload, 'info'), 'last_token_usage')
    const at = instant(member(line, 'timestamp'))
    if (at === null || member(payload, 'type') !== 'token_count' || typeof last !== 'object' || last === null)
      return null
    const sum = member(member(member(payload, 'info'), 'total_token_usage'), 'total_tokens')
    const cached = count(member(last, 'cached_input_tokens'))
    return {
      at,
      id: null,
      total: typeof sum === 'number' ? sum : null,
      input: Math.max(0, count(member(last, 'input_tokens')) - cached),
      cached,
      output: count(member(last, 'output_tokens')),
    }
  },
}
