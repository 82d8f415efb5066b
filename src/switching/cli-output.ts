/**
 * What a CLI says while it signs in, made fit to be shown: without control sequences, without anything that looks like a
 * token, cut to a screenful; and the address and code that it names. Pure.
 */

/** Lines that are kept, and characters of each. */
const MAX_LINES = 60
const MAX_LINE_LENGTH = 2_000

// biome-ignore lint/suspicious/noControlCharactersInRegex: sequences that steer a terminal are what is removed here
const SEQUENCE = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: and what is left of them
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g

/** Tokens of both providers, and three-part signed texts. */
const TOKEN = /\b(?:sk-[A-Za-z0-9_-]{16,}|rt[._][A-Za-z0-9_.-]{16,}|eyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*)/g

/**
 * The lines of an output so far.
 *
 * Shape:  raw text of both streams, in the order it came → the last lines, each clean; a carriage return begins its line
 *   anew, as on a terminal
 * Errors: none; total
 */
export function shownLines(raw: string): string[] {
  const lines = raw
    .replace(SEQUENCE, '')
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) =>
      line
        .slice(line.lastIndexOf('\r') + 1)
        .replace(CONTROL, '')
        .replace(TOKEN, '[…]')
        .trimEnd(),
    )
  const kept = lines.filter((line, index) => line !== '' || (index > 0 && lines[index - 1] !== ''))
  return kept.slice(-MAX_LINES).map((line) => line.slice(0, MAX_LINE_LENGTH))
}

/** The first address in these lines that may be opened, which is https without a password; null when there is none. */
export function addressIn(lines: readonly string[]): string | null {
  for (const line of lines) {
    for (const [found] of line.matchAll(/https:\/\/[^\s"'<>`]+/g)) {
      const address = URL.parse(found.replace(/[.,;:)\]]+$/, ''))
      if (address?.protocol === 'https:' && !address.username && !address.password) return address.href
    }
  }
  return null
}

/** A code to type, such as `ABCD-12345`, standing alone on its line; null when there is none. */
export function codeIn(lines: readonly string[]): string | null {
  for (const line of lines) {
    const [, code] = /^\s*([A-Z0-9]{4,5}-[A-Z0-9]{4,6})\s*$/.exec(line) ?? []
    if (code) return code
  }
  return null
}
