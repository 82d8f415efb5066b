/**
 * What the program says to its operator. Rooms take a `Log`; main decides where lines go. Fields are ids, codes and
 * numbers: never a secret, never a request or response body.
 */

/** Values that a log line may carry. */
export type LogFields = Record<string, string | number | boolean | null | undefined>

/** A structured log. `event` is a short past-tense fact such as `grant.refreshed`. */
export interface Log {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

/** A log that keeps quiet. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }

/**
 * What a log says of an unexpected error: what kind it is, and never its message, which may quote what was being done.
 *
 * @returns the error's name, or what was thrown when it is no error, such as `string`
 */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}
