/**
 * A CLI that writes its file in place, in a process of its own: truncates, writes a part, dawdles, writes the rest. What the
 * proof of races starts.
 *
 * Shape: `truncating-writer.ts <file>`; a line of JSON `{ "text": …, "cut": 0…1, "pausesMs": [a, b, c] }` on standard input
 *   is one write; `open`, then `done` on standard output
 */

import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { systemClock } from '../lib/clock.ts'

const [path = ''] = process.argv.slice(2)

for await (const line of console) {
  const { text, cut, pausesMs } = JSON.parse(line) as { text: string; cut: number; pausesMs: number[] }
  const [beforeOpen = 0, beforeTruncation = 0, inside = 0] = pausesMs
  await systemClock.sleep(beforeOpen)
  const file = openSync(path, 'r+')
  await systemClock.sleep(beforeTruncation)
  ftruncateSync(file, 0)
  const at = Math.floor(text.length * cut)
  writeSync(file, text.slice(0, at))
  await systemClock.sleep(inside)
  writeSync(file, text.slice(at))
  fsyncSync(file)
  closeSync(file)
  process.stdout.write('done\n')
}
