/** Long work gives way: requests, timers and streams that wait come before its next part. */

/** Resolves in the next turn of the event loop. */
export function letOthersRun(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
