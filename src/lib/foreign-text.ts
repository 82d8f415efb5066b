/**
 * Text that came from outside: a person's label, a provider's error, a name in a file. It is shown, so it is cut and cleaned.
 */

import type { Secret } from './secret.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is removed here
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g

/**
 * Removes control and direction-changing characters, folds white space, and cuts to `max` characters.
 * A NUL would be cut silently by libSQL, and a lone surrogate would be replaced: both are gone from the result.
 */
export function cleanText(text: string, max = 200): string {
  const cleaned = text.toWellFormed().replace(UNPRINTABLE, ' ').replace(/\s+/g, ' ').trim()
  const characters = Array.from(cleaned)
  return characters.length > max ? `${characters.slice(0, max - 1).join('')}…` : cleaned
}

/** Stands where something was taken out. */
export const CUT = '[…]'

/** Shorter than any secret; what is shorter stands in innocent words too. Characters. */
const SHORTEST_SECRET = 8

/** The text without these secrets, which may look like nothing in particular. Of `Bearer …`, the token counts. */
export function withoutSecrets(text: string, secrets: readonly Secret[] = []): string {
  const values = secrets.map((secret) => secret.reveal().replace(/^Bearer /, ''))
  return values.reduce((rest, value) => (value.length < SHORTEST_SECRET ? rest : rest.replaceAll(value, CUT)), text)
}
