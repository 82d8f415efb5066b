/** Dates as an iCalendar file. Escapes, folds and names; knows no language and no account. Pure. Source: RFC 5545, RFC 7986 */

export interface CalendarEvent {
  /** The same for the same thing, however often it is read and wherever it moves. */
  uid: string
  summary: string
  description: string
  /** Epoch milliseconds. */
  startsAt: number
  /** Null: a moment. */
  endsAt: number | null
  /** When what it says became known; epoch milliseconds. */
  knownAt: number
}

export interface Calendar {
  name: string
  events: readonly CalendarEvent[]
}

/** A line of more octets is continued on the next. */
const LINE_OCTETS = 75

/** The file, with CRLF at every end of line. */
export function calendarText({ name, events }: Calendar): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Tokendeck//Timeline//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `NAME:${escaped(name)}`,
    `X-WR-CALNAME:${escaped(name)}`,
    'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
    'X-PUBLISHED-TTL:PT1H',
    ...events.flatMap(eventLines),
    'END:VCALENDAR',
  ]
  return lines.map((line) => `${folded(line)}\r\n`).join('')
}

function eventLines({ uid, summary, description, startsAt, endsAt, knownAt }: CalendarEvent): string[] {
  return [
    'BEGIN:VEVENT',
    `UID:${escaped(uid)}`,
    `DTSTAMP:${stamp(knownAt)}`,
    `LAST-MODIFIED:${stamp(knownAt)}`,
    `DTSTART:${stamp(startsAt)}`,
    ...(endsAt !== null && endsAt > startsAt ? [`DTEND:${stamp(endsAt)}`] : []),
    `SUMMARY:${escaped(summary)}`,
    `DESCRIPTION:${escaped(description)}`,
    'CLASS:PRIVATE',
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ]
}

function stamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters may not stand in a text value
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/g

/** A text value. Source: RFC 5545 §3.3.11 */
function escaped(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(CONTROL, '')
    .replace(/[\\;,]/g, '\\$&')
    .replace(/\n/g, '\\n')
}

/** Never breaks a character. Source: RFC 5545 §3.1 */
function folded(line: string): string {
  const parts: string[] = []
  let part = ''
  let octets = 0
  for (const character of line) {
    const size = Buffer.byteLength(character)
    if (octets + size > LINE_OCTETS) {
      parts.push(part)
      part = ' '
      octets = 1
    }
    part += character
    octets += size
  }
  return [...parts, part].join('\r\n')
}
