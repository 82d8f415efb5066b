/** Fields of JSON that another program wrote: every one may be missing, of another type, or absurd. */

import { cleanText } from '../lib/foreign-text.ts'

export type JsonRecord = Record<string, unknown>

/** The object in a text, or null when it is not whole JSON or not an object. A byte order mark is not JSON. */
export function parseRecord(text: string | null): JsonRecord | null {
  if (text === null) return null
  try {
    return asRecord(JSON.parse(text))
  } catch {
    return null
  }
}

/** The value as an object, or null. */
export function asRecord(value: unknown): JsonRecord | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : null
}

/** The value when it is text of at least one character, else null. Left as it is: for tokens. */
export function asText(value: unknown): string | null {
  return typeof value === 'string' && value.length > 0 ? value : null
}

/** The value as text that may be shown or stored, cleaned and cut; null when nothing is left. */
export function asName(value: unknown): string | null {
  return (typeof value === 'string' && cleanText(value)) || null
}

/** Longest id that is believed. Characters. */
const MAX_ID_LENGTH = 200

/** The value as an id, exactly as it stands or not at all: cleaning could make two different ones equal. */
export function asId(value: unknown): string | null {
  if (typeof value !== 'string' || value === '' || value.length > MAX_ID_LENGTH) return null
  return cleanText(value) === value ? value : null
}

/** The texts in a list, cleaned; anything else in it is left out. Null when it is no list. */
export function asNames(value: unknown): string[] | null {
  return Array.isArray(value) ? value.flatMap((item) => asName(item) ?? []) : null
}

/** No instant before 2001 or after 2286 stands in a credential file; what lies below in number is seconds. */
const FIRST_INSTANT_MS = 1e12
const LAST_INSTANT_MS = 1e13

/**
 * An instant in epoch milliseconds, from a number of milliseconds or (by mistake of whoever wrote it) seconds. Zero,
 * negative, absurd and non-numeric values say nothing: null.
 */
export function asInstant(value: unknown): { at: number; wasSeconds: boolean } | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return null
  if (value >= FIRST_INSTANT_MS && value < LAST_INSTANT_MS) return { at: Math.floor(value), wasSeconds: false }
  if (value >= FIRST_INSTANT_MS / 1000 && value < LAST_INSTANT_MS / 1000)
    return { at: Math.floor(value * 1000), wasSeconds: true }
  return null
}
