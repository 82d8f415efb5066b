/**
 * Writes the log for the operator: one line each to standard error, as text on a terminal, as JSON for machines. The last
 * net under secrets: what looks like one is taken out, whatever field it stands in.
 */

import type { LogLevel, LogRecord } from '@logtape/logtape'
import type { Clock } from './clock.ts'
import type { Log, LogFields } from './log.ts'

export interface LogOutput extends Log {
  /** Resolves when every line so far has been written. */
  flush(): Promise<void>
}

export interface LogOutputOptions {
  level: 'debug' | 'info' | 'warn' | 'error'
  /** Null: text when standard error is a terminal, else JSON. */
  format: 'text' | 'json' | null
  clock: Clock
  /** Takes whole lines; standard error unless told. */
  write?: (line: string) => void
}

const REDACTED = '[redacted]'

/** Names of fields that should never have been given a value. */
const SECRET_FIELDS =
  /secret|password|passphrase|authorization|cookie|verifier|authorization_?code|(access|refresh|id|api|bearer|auth)_?token$|^token$/i

/** Shapes of secrets: provider tokens, JWTs and their pieces, bearer values, and 256 bits or more as text. */
const SECRET_SHAPES = [
  /\bsk-[\w-]{8,}/g,
  /\b(?:rt|at|ac)[_.](?=[\w.-]*[A-Z0-9])[\w.-]{8,}/g,
  /\beyJ[\w-]{8,}(?:\.[\w-]*)*/g,
  /\b[Bb]earer\s+[^\s"\\]+/g,
  /[\w-]{43,}/g,
]

const LEVELS: Record<LogOutputOptions['level'], LogLevel> = {
  debug: 'debug',
  info: 'info',
  warn: 'warning',
  error: 'error',
}
const RANKS = ['debug', 'info', 'warn', 'error'] as const

/** The log of the process. The machinery behind it is loaded with the first line that has to be written. */
export function openLogOutput(options: LogOutputOptions): LogOutput {
  const lowest = RANKS.indexOf(options.level)
  let emit: Promise<(record: Omit<LogRecord, 'category'>) => void> | null = null
  let written: Promise<void> = Promise.resolve()
  const record =
    (level: LogOutputOptions['level']) =>
    (event: string, properties: LogFields = {}) => {
      if (RANKS.indexOf(level) < lowest) return
      const entry = {
        level: LEVELS[level],
        timestamp: options.clock.now(),
        message: [event],
        rawMessage: event,
        properties: { ...properties },
      }
      emit ??= openEmitter(options)
      written = Promise.all([emit, written]).then(([write]) => write(entry))
    }
  return {
    debug: record('debug'),
    info: record('info'),
    warn: record('warn'),
    error: record('error'),
    flush: () => written,
  }
}

async function openEmitter(options: LogOutputOptions): Promise<(record: Omit<LogRecord, 'category'>) => void> {
  const [{ configureSync, getLogger }, { redactByField, redactByPattern }] = await Promise.all([
    import('@logtape/logtape'),
    import('@logtape/redaction'),
  ])
  const write = options.write ?? ((line) => void process.stderr.write(line))
  const format = redactByPattern(
    isText(options.format) ? asText : asJson,
    SECRET_SHAPES.map((pattern) => ({ pattern, replacement: REDACTED })),
  )
  const sink = redactByField((record: LogRecord) => write(`${format(record)}\n`), {
    fieldPatterns: [SECRET_FIELDS],
    action: () => REDACTED,
  })
  configureSync({
    reset: true,
    sinks: { stderr: sink },
    loggers: [
      { category: 'tokendeck', lowestLevel: 'debug', sinks: ['stderr'] },
      { category: ['logtape', 'meta'], lowestLevel: 'warning', sinks: ['stderr'] },
    ],
  })
  const logger = getLogger('tokendeck')
  return (record) => logger.emit(record)
}

/** Asked only when there is a line to write: looking at the stream loads more than a command needs. */
function isText(format: LogOutputOptions['format']): boolean {
  return format === null ? Boolean(process.stderr.isTTY) : format === 'text'
}

function asText({ timestamp, level, rawMessage, properties }: LogRecord): string {
  const fields = Object.entries(properties)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${escaped(typeof value === 'string' ? quotedIfNeeded(value) : String(value))}`)
  return `${new Date(timestamp).toISOString()} ${level.toUpperCase().padEnd(7)} ${escaped(String(rawMessage))}${fields.join('')}`
}

function asJson({ timestamp, level, rawMessage, properties }: LogRecord): string {
  const head = { at: new Date(timestamp).toISOString(), level, event: rawMessage }
  // First for who reads, and last so that no field of the same name takes their place.
  return escaped(JSON.stringify({ ...head, ...properties, ...head }))
}

function quotedIfNeeded(value: string): string {
  return /^[\w.:/@+-]+$/.test(value) ? value : JSON.stringify(value)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these would steer the terminal or forge a line
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g

function escaped(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
