/** Sentences with places for values: `{expiresAt}`. Values whose name ends in `At` are instants and are put into words. */

import { relativeText } from './instants.ts'
import type { Language } from './languages.ts'

export type TemplateValues = Record<string, string | number | null | undefined>

/**
 * Fills the places of a template. A value that is missing or null reads "—". The result is plain text: whoever shows it escapes it.
 *
 * Units:  instants in epoch milliseconds
 * Errors: none; total
 */
export function fillTemplate(language: Language, template: string, values: TemplateValues, now: number): string {
  let filled = ''
  for (const [text, name] of partsOf(template)) {
    filled += text
    if (name === null) continue
    const value = values[name]
    if (value === null || value === undefined || value === '') filled += '—'
    else if (name.endsWith('At') && typeof value === 'number') filled += relativeText(language, value, now)
    else filled += String(value)
  }
  return filled
}

/** Text and the name of the place that follows it; null after the last one. */
type Part = readonly [text: string, name: string | null]

/** Lists fill the same sentences hundreds of times. All templates stand in the tables of messages, so there is an end to them. */
const parts = new Map<string, readonly Part[]>()

function partsOf(template: string): readonly Part[] {
  const known = parts.get(template)
  if (known) return known
  // Texts stand at even places, names between them.
  const pieces = template.split(/\{(\w+)\}/)
  const made = pieces.flatMap((text, index): Part[] => (index % 2 === 0 ? [[text, pieces[index + 1] ?? null]] : []))
  parts.set(template, made)
  return made
}
