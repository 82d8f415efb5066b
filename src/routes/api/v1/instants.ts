/** Times in JSON: RFC 3339 in UTC outside, epoch milliseconds inside. */

/** The instant as RFC 3339 text; null where it is not known. */
export function rfc3339(at: number): string
export function rfc3339(at: number | null): string | null
export function rfc3339(at: number | null): string | null {
  if (at === null || !(Math.abs(at) <= 8.64e15)) return null
  return new Date(at).toISOString()
}
