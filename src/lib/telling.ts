/**
 * What telling somebody outside needs, as arguments: the network, names of hosts, and words. Knows nothing of what is told.
 */

/** What happened, as far as words need it. */
export interface ToldFacts {
  kind: string
  threshold: number | null
  /** Name of the provider. */
  provider: string
  /** How the account may be called where this is told; null where none is concerned. */
  account: string | null
  /** Instants end in `At`, in epoch milliseconds. */
  details: Record<string, string | number | null>
}

export interface Words {
  title: string
  text: string
}

export interface Telling {
  /** The plain fetch of the runtime: rules stand in front of it. */
  fetch: (url: string, init: BunFetchRequestInit) => Promise<Response>
  /** Every address of a host. Rejects where there is none. */
  resolve(host: string): Promise<string[]>
  /** `tokendeck/1.2.3`. */
  userAgent: string
  /** A title and a sentence, in the language of a tag such as `ja`; null: English. Plain text. */
  words(language: string | null, facts: ToldFacts, now: number, timeZone?: string): Words | Promise<Words>
}
