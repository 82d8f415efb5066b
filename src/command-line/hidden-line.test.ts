import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { type HiddenInput, readHiddenLine } from './hidden-line.ts'

/** A terminal's input, as Node shows it. */
class FakeTerminal extends EventEmitter implements HiddenInput {
  isRaw = false
  isFlowing = false
  setRawMode(isRaw: boolean) {
    this.isRaw = isRaw
  }
  resume() {
    this.isFlowing = true
  }
  pause() {
    this.isFlowing = false
  }
}

const bytes = Buffer.from('é')

test.each<[string, (Buffer | string)[], string | null]>([
  ['a line', ['secret\r'], 'secret'],
  ['a line letter by letter, up to the first Enter', ['a', 'b', '\nrest'], 'ab'],
  ['a letter in two chunks', [bytes.subarray(0, 1), bytes.subarray(1), '\r'], 'é'],
  ['corrections', ['wrong\u0015sé😀\u007f\u007f\bec\u0007\r'], 'ec'],
  ['nothing', ['\r'], ''],
  ['Ctrl-C', ['abc\u0003'], null],
  ['Ctrl-D', ['\u0004'], null],
])('%s', async (_, chunks, line) => {
  const terminal = new FakeTerminal()
  const reading = readHiddenLine(terminal)
  expect(terminal).toMatchObject({ isRaw: true, isFlowing: true })
  for (const chunk of chunks) terminal.emit('data', chunk)
  expect(await reading).toBe(line)
  expect(terminal).toMatchObject({ isRaw: false, isFlowing: false })
  expect(terminal.listenerCount('data')).toBe(0)
})
