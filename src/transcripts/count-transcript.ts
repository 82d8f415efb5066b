/** Counts the tokens of one transcript from where it was counted before. */

import { HOUR_MS } from '../lib/clock.ts'
import type { CountedLine, TokenCount, TranscriptFormat } from './token-count.ts'
import { markedLines } from './transcript-lines.ts'

/** Tokens by the hour. `at` is the start of the hour. */
export interface HourCount extends TokenCount {
  messages: number
}

export interface TranscriptCount {
  /** Where to go on the next time. */
  offset: number
  hours: HourCount[]
}

export interface CountRequest {
  /** Bytes that were counted before. */
  offset: number
  format: TranscriptFormat
  /** True when nobody has written for a while: then a last message is over, too. */
  isAtRest: boolean
  /** Of reading in one go. */
  maxBytes: number
  /** Lines from before count nothing: a session that is resumed begins with what another transcript has. Epoch milliseconds. */
  notBefore?: number
}

/**
 * Counts. The offset stops before a message that may still grow, and before the sum that the next line is compared with.
 *
 * Errors: those of the file system
 */
export async function countTranscript(path: string, request: CountRequest): Promise<TranscriptCount> {
  return request.format.growsById ? countGrowing(path, request) : countSums(path, request)
}

async function countGrowing(
  path: string,
  { offset, format, isAtRest, maxBytes, notBefore = 0 }: CountRequest,
): Promise<TranscriptCount> {
  const hours = new Map<number, HourCount>()
  const seen = new Set<string>()
  let open: (CountedLine & { offset: number }) | null = null
  let reached = offset
  for await (const line of markedLines(path, { offset, marker: format.marker, maxBytes }, (at) => {
    reached = at
  })) {
    const counted = read(format, line.text)
    if (!counted || counted.at < notBefore || (counted.id !== null && seen.has(counted.id))) continue
    if (open && (open.id === null || open.id !== counted.id)) {
      add(hours, open)
      if (open.id !== null) seen.add(open.id)
      open = null
    }
    open = open ? larger(open, counted) : { ...counted, offset: line.offset }
  }
  if (!open) return { offset: reached, hours: [...hours.values()] }
  if (isAtRest) add(hours, open)
  return { offset: isAtRest ? reached : open.offset, hours: [...hours.values()] }
}

async function countSums(
  path: string,
  { offset, format, maxBytes, notBefore = 0 }: CountRequest,
): Promise<TranscriptCount> {
  const hours = new Map<number, HourCount>()
  let total: number | null = null
  let isFirst = offset > 0
  let last = offset
  let reached = offset
  for await (const line of markedLines(path, { offset, marker: format.marker, maxBytes }, (at) => {
    reached = at
  })) {
    const counted = read(format, line.text)
    if (!counted) continue
    // The first line of a later reading was counted by the one before; only its sum is wanted.
    const isRepeat = isFirst || (counted.total !== null && counted.total === total)
    if (!isRepeat && counted.at >= notBefore) add(hours, counted)
    isFirst = false
    total = counted.total
    last = line.offset
  }
  // What was read in vain is passed over only where it would be read for ever.
  const isStuck = last === offset && reached - offset >= maxBytes
  return { offset: isStuck || (last === 0 && total !== null) ? reached : last, hours: [...hours.values()] }
}

function read(format: TranscriptFormat, text: string): CountedLine | null {
  try {
    return format.read(JSON.parse(text))
  } catch {
    // A torn or foreign line counts nothing.
    return null
  }
}

function larger<T extends CountedLine>(one: T, other: CountedLine): T {
  return {
    ...one,
    input: Math.max(one.input, other.input),
    cached: Math.max(one.cached, other.cached),
    output: Math.max(one.output, other.output),
  }
}

function add(hours: Map<number, HourCount>, { at, input, cached, output }: TokenCount): void {
  const hour = Math.floor(at / HOUR_MS) * HOUR_MS
  const sum = hours.get(hour) ?? { at: hour, messages: 0, input: 0, cached: 0, output: 0 }
  hours.set(hour, {
    at: hour,
    messages: sum.messages + 1,
    input: sum.input + input,
    cached: sum.cached + cached,
    output: sum.output + output,
  })
}
