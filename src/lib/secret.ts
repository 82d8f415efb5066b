/**
 * The only carrier of plain token text in memory. It prints as `[redacted]` in strings, JSON and inspection;
 * `.reveal()` is the one way out, so that a search for it lists every exposure.
 */

const REDACTED = '[redacted]'
/** As `inspect.custom` of node:util, which takes longer to load than most commands to run. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/** Text that must not be printed by accident. */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The plain text. Every caller is a place where a secret leaves its carrier. */
  reveal(): string {
    return this.#text
  }

  /** True for a secret of no characters at all. */
  get isEmpty(): boolean {
    return this.#text.length === 0
  }

  /** Compares in a time that does not depend on where the texts differ. */
  equals(other: Secret | string): boolean {
    return equalInConstantTime(this.#text, typeof other === 'string' ? other : other.#text)
  }

  toString(): string {
    return REDACTED
  }

  toJSON(): string {
    return REDACTED
  }

  [INSPECT](): string {
    return REDACTED
  }
}

/** Compares two texts in a time that depends on their lengths only. */
export function equalInConstantTime(left: string, right: string): boolean {
  const a = Buffer.from(left, 'utf8')
  const b = Buffer.from(right, 'utf8')
  return a.length === b.length && crypto.timingSafeEqual(a, b)
}
