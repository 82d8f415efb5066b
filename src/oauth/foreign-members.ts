/**
 * Members of JSON that somebody else wrote, taken out one by one with their type checked. Total: a surprise is null.
 */

import { cleanText } from '../lib/foreign-text.ts'
import type { Secret } from '../lib/secret.ts'

/** Longest id that is believed. Characters. */
const MAX_ID_LENGTH = 200

/** The object, or an empty one for anything else. Reading a member of the result never throws. */
export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

/** Text for people: cleaned, cut, never empty; null for anything else. */
export function asText(value: unknown): string | null {
  return typeof value === 'string' ? cleanText(value) || null : null
}

/**
 * An id, exactly as it came or not at all: cleaning could make two different ones equal.
 *
 * Shape:  text or whole number → text; null for anything else, for empty, overlong and unprintable ones
 */
export function asId(value: unknown): string | null {
  const text = Number.isSafeInteger(value) ? String(value) : value
  if (typeof text !== 'string' || text === '' || text.length > MAX_ID_LENGTH) return null
  return cleanText(text) === text ? text : null
}

/** A body as a JSON object, whatever its media type says; null when it is none. */
export function readJsonObject(body: Secret): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body.reveal().replace(/^\ufeff/, ''))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? asRecord(value) : null
  } catch {
    return null
  }
}
