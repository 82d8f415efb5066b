/** Counts on pages. All languages here set their thousands apart alike. */

/** A count with its thousands set apart: 1,234. */
export function grouped(count: number): string {
  return count.toLocaleString('en')
}
