/**
 * What the kernel was asked to do with files, read from the output of `strace -f -y -xx`: in the order in which the calls
 * ended, because what has not ended is not on the disk. Knows no database.
 */

/** Calls that `readTrace` understands. */
export const TRACED_CALLS = 'fsync,fdatasync,write,pwrite64,ftruncate'

export type FileCall =
  /** `at` is null where the file's own position counts. */
  | { call: 'write'; path: string; bytes: Buffer; at: number | null }
  | { call: 'sync'; path: string }
  | { call: 'truncate'; path: string; size: number }

const CALL = /^(\w+)\(\d+<((?:\\x[0-9a-f]{2})*)>(?:, (.*))?\) += (-?\d+)/
const WRITTEN = /^"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?, \d+(?:, (\d+))?$/

/** The calls of every thread in one row. Errors: where strace has cut a text off, which would make the rest untrue */
export function readTrace(lines: Iterable<string>): FileCall[] {
  const calls: FileCall[] = []
  const unfinished = new Map<string, string>()
  for (const line of lines) {
    const [, thread = '', text = ''] = /^(\d+) +(.*)$/.exec(line) ?? []
    if (text.endsWith('<unfinished ...>')) {
      unfinished.set(thread, text.slice(0, -'<unfinished ...>'.length).trimEnd())
      continue
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text)
    const call = readCall(resumed ? `${unfinished.get(thread)}${resumed[1]}` : text)
    if (call) calls.push(call)
  }
  return calls
}

function readCall(text: string): FileCall | null {
  const [, name, hexPath = '', rest = '', result] = CALL.exec(text) ?? []
  if (name === undefined || Number(result) < 0) return null
  const path = fromHex(hexPath).toString()
  if (name === 'ftruncate') return { call: 'truncate', path, size: Number(rest) }
  if (name.endsWith('sync')) return { call: 'sync', path }
  const [, hex = '', isCut, at] = WRITTEN.exec(rest) ?? []
  if (isCut) throw new Error(`strace did not show all that was written to ${path}`)
  const bytes = fromHex(hex).subarray(0, Number(result))
  return { call: 'write', path, bytes, at: at === undefined ? null : Number(at) }
}

function fromHex(text: string): Buffer {
  return Buffer.from(text.replaceAll('\\x', ''), 'hex')
}
