/** How a generation of a login came and went, in words. */

import type { Generation } from '../accounts/lineage.ts'
import type { Language } from './languages.ts'
import { messagesFor } from './messages.ts'

/** How it came: "Refreshed on schedule". */
export function beginningText(language: Language, { how, why }: Pick<Generation, 'how' | 'why'>): string {
  const { lineage } = messagesFor(language)
  if (how === 'refreshed') return lineage.refreshed(lineage.purposes[why ?? ''] ?? null)
  const words = lineage.beginnings[how]
  return words === undefined ? how : words(why ?? '—')
}

/** How it went: "Refused by the provider (invalid_grant)". Null while it is the current one. */
export function endText(language: Language, { ended }: Pick<Generation, 'ended'>): string | null {
  if (ended === null) return null
  const { lineage, custody } = messagesFor(language)
  const because = ended.why !== null && Object.hasOwn(custody.ends, ended.why) ? custody.ends[ended.why] : undefined
  if (because !== undefined && (ended.how === 'replaced' || ended.how === 'retired')) return because
  if (ended.how === 'lost' && ended.why === 'key_reset') return lineage.lostKey
  const words = lineage.ends[ended.how]
  return words === undefined ? ended.how : words(ended.why ?? '—')
}

/** Both in one line. */
export function generationText(language: Language, generation: Generation): string {
  const { lineage } = messagesFor(language)
  return lineage.both(beginningText(language, generation), endText(language, generation) ?? lineage.current)
}
