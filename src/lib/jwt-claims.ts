/**
 * Reads what a JWT says about itself. It checks no signature and no time: whoever holds the token may believe it exactly
 * as far as the place it came from.
 */

import type { Secret } from './secret.ts'

/** Longer ones are not read; real ones stay under 8 KiB. Characters. */
const MAX_JWT_LENGTH = 64 * 1024

const BASE64URL = /^[A-Za-z0-9_-]+$/

/**
 * The claims of a JWT in compact form, unverified; null when it is not one (three non-empty parts, JSON object inside).
 *
 * Shape:  Secret → { claim: value } | null
 * Errors: none; total
 * Source: RFC 7519 §3, RFC 7515 §7.1
 */
export function readClaims(jwt: Secret): Record<string, unknown> | null {
  const text = jwt.reveal()
  if (text.length > MAX_JWT_LENGTH) return null
  const parts = text.split('.')
  if (parts.length !== 3 || !parts.every((part) => BASE64URL.test(part))) return null
  try {
    const claims: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(parts[1]!, 'base64url')),
    )
    return isRecord(claims) ? claims : null
  } catch {
    return null
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
