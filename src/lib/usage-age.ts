/** When a reading of limits is old. Apart from everything, because a prompt's line asks it too. */

/** Limits are read every 10 to 15 minutes; older than two of those, their age is told. Milliseconds. */
export const USAGE_OLD_MS = 33 * 60_000
