/** Lines of Claude Code's transcripts: `projects/DIRECTORY/SESSION.jsonl`, and those of its agents below them. */

import { type CountedLine, count, instant, member, type TranscriptFormat } from './token-count.ts'

/**
 * Source: lines with `message.id` and `message.usage` (input_tokens, cache_creation_input_tokens, cache_read_input_tokens,
 *   output_tokens); a message that streams is written several times under one id, and `<synthetic>` is no model's
 */
export const claudeTranscript: TranscriptFormat = {
  folder: 'projects',
  marker: '"usage"',
  growsById: true,
  read(line: unknown): CountedLine | null {
    const message = member(line, 'message')
    const usage = member(message, 'usage')
    const at = instant(member(line, 'timestamp'))
    if (at === null || typeof usage !== 'object' || usage === null || member(message, 'model') === '<synthetic>')
      return null
    const id = member(message, 'id')
    return {
      at,
      id: typeof id === 'string' && id !== '' ? id : null,
      total: null,
      input: count(member(usage, 'input_tokens')) + count(member(usage, 'cache_creation_input_tokens')),
      cached: count(member(usage, 'cache_read_input_tokens')),
      output: count(member(usage, 'output_tokens')),
    }
  },
}
