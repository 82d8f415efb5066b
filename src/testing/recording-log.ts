/** A log that remembers what it was told, for tests that read it. */

import type { Log, LogFields } from '../lib/log.ts'

export interface LogLine {
  level: 'debug' | 'info' | 'warn' | 'error'
  event: string
  fields: LogFields
}

export interface RecordingLog extends Log {
  readonly lines: LogLine[]
  /** All lines as one text, as an operator would read them. */
  text(): string
}

export function recordingLog(): RecordingLog {
  const lines: LogLine[] = []
  const record =
    (level: LogLine['level']) =>
    (event: string, fields: LogFields = {}) =>
      void lines.push({ level, event, fields })
  return {
    lines,
    debug: record('debug'),
    info: record('info'),
    warn: record('warn'),
    error: record('error'),
    text: () => lines.map((line) => `${line.level} ${line.event} ${JSON.stringify(line.fields)}`).join('\n'),
  }
}
