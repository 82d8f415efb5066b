/** One line typed at a terminal that does not show it. */

/** What is needed of a terminal's input. */
export interface HiddenInput {
  setRawMode(isRaw: boolean): unknown
  on(event: 'data', listener: (chunk: Buffer | string) => void): unknown
  off(event: 'data', listener: (chunk: Buffer | string) => void): unknown
  resume(): unknown
  pause(): unknown
}

const BACKSPACE = new Set(['\b', '\u007f'])
const CLEAR_LINE = '\u0015'
const INTERRUPT = '\u0003'
const END = '\u0004'

/**
 * Reads up to Enter; Backspace and Ctrl-U work as they do elsewhere.
 *
 * Shape:  → the line, or null when the person gave up with Ctrl-C or Ctrl-D
 */
export function readHiddenLine(input: HiddenInput): Promise<string | null> {
  return new Promise((resolve) => {
    let typed: string[] = []
    // A character may come in two chunks.
    const decoder = new TextDecoder()
    const finish = (line: string | null) => {
      input.off('data', listen)
      input.setRawMode(false)
      input.pause()
      resolve(line)
    }
    const listen = (chunk: Buffer | string) => {
      const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
      for (const character of text) {
        if (character === '\r' || character === '\n') return finish(typed.join(''))
        if (character === INTERRUPT || character === END) return finish(null)
        if (character === CLEAR_LINE) typed = []
        else if (BACKSPACE.has(character)) typed.pop()
        else if (character >= ' ') typed.push(character)
      }
    }
    input.setRawMode(true)
    input.on('data', listen)
    input.resume()
  })
}
