/** Waiting for the thing itself instead of for a time. */

/** A slow machine gets this long; a quick one waits for nothing. Milliseconds. */
const DEADLINE_MS = 20_000
const LOOK_EVERY_MS = 2

/**
 * Resolves when a condition holds.
 *
 * Errors: Error that shows the condition, when it does not come about in twenty seconds
 */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const endsAt = performance.now() + DEADLINE_MS
  while (!(await condition())) {
    if (performance.now() > endsAt) throw new Error(`This did not come about: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}
