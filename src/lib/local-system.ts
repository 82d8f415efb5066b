/** The system that this process runs on, as far as the domain depends on it: passed in, so that a test runs on another. */

export interface LocalSystem {
  /** As `process.platform`. */
  readonly platform: string
  /** Who runs this process, and must own the files that it trusts; null where the system has no such thing. */
  readonly uid: number | null
  /** Where the system shows processes as files; nothing is there on systems that do not. */
  readonly processRoot: string
  /** Where the person's day is, such as `Europe/Berlin`. */
  readonly timeZone: string
}

/** This very system. */
export const localSystem: LocalSystem = {
  platform: process.platform,
  uid: process.getuid?.() ?? null,
  processRoot: '/proc',
  // Asked for when it is needed: the first question loads the tables of all zones and languages, and people travel.
  get timeZone() {
    return Intl.DateTimeFormat().resolvedOptions().timeZone
  },
}
