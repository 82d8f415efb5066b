/**
 * Finds secrets where they do not belong: knows what has to stay secret, keeps whatever the program showed or wrote, and
 * tells which secret stands where, in whatever spelling.
 */

/** Where a secret may stand: the names of the places, by their beginning. */
interface Canary {
  name: string
  value: string
  mayStandIn: readonly string[]
}

interface Sighting {
  where: string
  bytes: Buffer
}

/** Shorter values are found in innocent text too. Characters. */
const SHORTEST = 8
/** The part of a long token that only it has, at its end. Characters. */
const TAIL = 12

export class Canaries {
  readonly #canaries = new Map<string, Canary>()
  readonly #seen: Sighting[] = []

  /** From now on `value` must stand in no place but those whose names begin with one of `mayStandIn`. */
  keepSecret(name: string, value: string | null | undefined, mayStandIn: readonly string[] = []): void {
    if (!value || value.length < SHORTEST || this.#canaries.has(value)) return
    this.#canaries.set(value, { name, value, mayStandIn })
  }

  /** Something that the program showed, sent or wrote. */
  saw(where: string, content: string | Uint8Array): void {
    this.#seen.push({ where, bytes: typeof content === 'string' ? Buffer.from(content) : Buffer.from(content) })
  }

  /** How much is known and was looked at: a scan of nothing finds nothing. */
  get counts(): { secrets: number; places: number } {
    return { secrets: this.#canaries.size, places: this.#seen.length }
  }

  /** Every secret that stands where it must not, such as `refresh_token in GET /settings (whole)`. */
  leaks(): string[] {
    return [...this.#canaries.values()].flatMap(({ name, value, mayStandIn }) => {
      const spellings = spellingsOf(value)
      const forbidden = this.#seen.filter(({ where }) => !mayStandIn.some((place) => where.startsWith(place)))
      return forbidden.flatMap(({ where, bytes }) => {
        const found = spellings.find(([, text]) => bytes.includes(text))
        return found ? [`${name} in ${where} (${found[0]})`] : []
      })
    })
  }
}

/** A secret as it is, its end, and as the usual encodings write it wherever it begins in a longer text. */
function spellingsOf(value: string): [how: string, text: string | Buffer][] {
  const bytes = Buffer.from(value)
  // The signature of an unsigned token is the same in all of them.
  const isJwt = /^eyJ[\w-]*\.[\w-]+\./.test(value)
  const tail = isJwt ? value.split('.')[1]! : value.slice(-TAIL)
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    return text.slice(shift === 0 ? 0 : shift + 1, -2)
  })
  const spellings: [string, string | Buffer][] = [
    ['whole', bytes],
    ...(value.length > 2 * TAIL ? [['end', tail] as [string, string]] : []),
    ['percent-encoded', encodeURIComponent(value)],
    ['hexadecimal', bytes.toString('hex')],
    ['utf-16', Buffer.from(value, 'utf16le')],
    ...base64.flatMap((text): [string, string][] => [
      ['base64', text],
      ['base64url', text.replace(/\+/g, '-').replace(/\//g, '_')],
    ]),
  ]
  return spellings.filter(([, text]) => text.length >= SHORTEST)
}
