/** `tokendeck audit verify`: checks the whole history against its chain and says what is wrong with it. */

import type { Command } from '../command.ts'
import { EXIT, usageFailure } from '../exit-codes.ts'
import { json } from '../output.ts'

interface ApiVerification {
  whole: boolean
  events: number
  finding_count: number
  findings: { kind: string; first_id: number; last_id: number }[]
  duration_ms: number
}

const WORDS: Record<string, (events: string) => string> = {
  changed: (events) => `event ${events} is not what was recorded, or stands in another’s place`,
  missing: (events) => `event ${events} is missing`,
  cut_off: (events) => `the end is cut off: event ${events} is missing`,
  not_linked: (events) => `event ${events} has lost its link`,
  added: (events) => `event ${events} was added by somebody else`,
  head_missing: () => 'the sealed end of the history is gone, so nothing says whether events are missing there',
  head_changed: () => 'the sealed end of the history was changed, or belongs to another key',
}

export const command: Command = {
  usage: ['verify [--json]'],
  about:
    'Checks the history: every event against its link to the one before, and the end against the sealed head. Exit code 1 when anything was changed, dropped, moved, added or cut off.',
  options: { json: { type: 'boolean', about: 'print JSON' } },
  async run({ arguments: { positionals, options }, io, openDeck }) {
    if (positionals.length !== 1 || positionals[0] !== 'verify') throw usageFailure('Say `tokendeck audit verify`.')
    const deck = await openDeck()
    try {
      const found = await deck.call<ApiVerification>('GET', '/api/audit/verification')
      if (options.json) io.out(json(found))
      else io.out(inWords(found))
      return found.whole ? EXIT.done : EXIT.failed
    } finally {
      await deck.close()
    }
  },
}

function inWords({ whole, events, finding_count, findings, duration_ms }: ApiVerification): string {
  if (whole) return `The history is whole. Events checked: ${events}, in ${duration_ms} ms.\n`
  const lines = findings.map(({ kind, first_id, last_id }) => {
    const which = first_id === last_id ? String(first_id) : `${first_id} to ${last_id}`
    return `  ${WORDS[kind]?.(which) ?? kind}\n`
  })
  const more = finding_count > findings.length ? `  …and ${finding_count - findings.length} more\n` : ''
  return `The history was changed. Events checked: ${events}, findings: ${finding_count}\n${lines.join('')}${more}`
}
