/** A time of the day as minutes from midnight, and as it is written and typed: `07:05`. */

const WRITTEN = /^([01]\d|2[0-3]):([0-5]\d)$/

/** Minutes from midnight as `07:05`. */
export function timeOfDay(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

/** The minutes from midnight of `07:05`; NaN for anything else. */
export function minutesOfDay(text: string): number {
  const [, hours, minutes] = WRITTEN.exec(text) ?? []
  return hours === undefined ? Number.NaN : Number(hours) * 60 + Number(minutes)
}
