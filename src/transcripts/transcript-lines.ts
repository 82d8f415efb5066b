/** Reads the lines of a transcript from an offset on, without ever holding more than one of them, up to its last whole line. */

import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

const CHUNK_BYTES = 256 * 1024
/** A longer line is passed over: what counts is short, and such a line is what was said. */
const LONGEST_LINE = 4 * 1024 * 1024
const NEWLINE = 10

/** A whole line that has the marker. */
export interface MarkedLine {
  text: string
  /** Where it begins. */
  offset: number
}

/**
 * The lines that contain `marker`, from `offset` on, until the last whole line or about `maxBytes`.
 *
 * Shape:  `next` is told where reading came to, after every line
 * Errors: those of the file system; a symbolic link is refused
 */
export async function* markedLines(
  path: string,
  { offset, marker, maxBytes }: { offset: number; marker: string; maxBytes: number },
  next: (offset: number) => void,
): AsyncGenerator<MarkedLine> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  try {
    let rest = Buffer.alloc(0)
    let isTooLong = false
    let lineAt = offset
    for (let at = offset; at - offset < maxBytes; ) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, at)
      if (bytesRead === 0) return
      at += bytesRead
      rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)])
      let from = 0
      for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE, from)) {
        const line = rest.subarray(from, end)
        const begins = lineAt
        lineAt += end - from + 1
        from = end + 1
        if (!isTooLong && line.includes(marker)) yield { text: line.toString('utf8'), offset: begins }
        isTooLong = false
        next(lineAt)
      }
      rest = rest.subarray(from)
      if (rest.length <= LONGEST_LINE) continue
      isTooLong = true
      lineAt += rest.length
      rest = Buffer.alloc(0)
    }
    // Of a line without end nothing is wanted: the next reading begins inside it instead of before it, again and again.
    if (isTooLong) next(lineAt + rest.length)
  } finally {
    await handle.close()
  }
}
