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
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name]
    if (value === null || value === undefined || value === '') return '—'
    if (name.endsWith('At') && typeof value === 'number') return relativeText(language, value, now)
    return String(value)
  })
}
