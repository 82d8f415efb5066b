/**
 * One face to a Tokendeck, running or not: the JSON API, and tokens. Beside a running server requests go to it, after it
 * has proved itself; otherwise the same application answers in this process (local-deck.ts).
 */

import { join } from 'node:path'
import { accountsNamed } from '../accounts/account-named.ts'
import type { Config } from '../config.ts'
import type { Random } from '../lib/random.ts'
import { quietFetch } from '../process-hygiene.ts'
import { CommandFailure, EXIT, exitCodeOf } from './exit-codes.ts'
import { findServer } from './find-server.ts'
import type { ApiWindow } from './room.ts'

/** Accounts as the API gives them; only what commands read. Instants are RFC 3339. */
export interface ApiAccount {
  id: string
  provider: string
  label: string | null
  email: string | null
  subject: string
  organization: { id: string; name: string | null } | null
  plan: string | null
  custody: string
  paused: boolean
  login: {
    status: string
    reason: string
    access_token_expires_at: string | null
    login_expires_at: string | null
    last_proof_at: string | null
    next_refresh_at: string | null
  }
  data: { status: string; reason: string; read_at: string | null }
  ownership: { status: string; reason: string }
  active_in: string[]
  usage: ApiWindow[]
}

/** A token as the API gives it. */
export interface ApiToken {
  access_token: string
  token_type: string
  expires_at: string | null
}

export interface Deck {
  /** True when a server answered. */
  readonly isServed: boolean
  /** The server's address, or null without one. */
  readonly address: string | null
  /** Calls the API and gives the answer's body; throws CommandFailure with the problem's own words. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>
  /** A valid access token of the account that a person named; throws CommandFailure. */
  token(reference: string, minValiditySeconds: number | null): Promise<ApiToken>
  close(): Promise<void>
}

export type Send = (method: string, path: string, body: string | undefined) => Promise<Response>

/**
 * Finds the running server of this home, or opens the database in this process.
 *
 * Errors: CommandFailure; refusals of the configuration, the database or the key pass through with their own exit codes
 */
export async function openDeck(config: Config, random: Random): Promise<Deck> {
  const server = await findServer(config.home, quietFetch, random)
  if (server) {
    return deckOf(sendTo(server.origin, await readApiToken(config), quietFetch), server.origin, async () => {})
  }
  const { openLocalDeck } = await import('./local-deck.ts')
  return openLocalDeck(config)
}

/** A refresh may take its whole deadline, and then a retry. Milliseconds. */
const ANSWER_DEADLINE_MS = 90_000

/** Requests to a server. Errors: CommandFailure `tryLater` when it goes away, or is silent, before all of its answer is here */
export function sendTo(origin: string, apiToken: string, send: typeof quietFetch): Send {
  return async (method, path, body) => {
    const headers = requestHeaders(apiToken, body)
    try {
      const signal = AbortSignal.timeout(ANSWER_DEADLINE_MS)
      const response = await send(`${origin}${path}`, { method, body, headers, redirect: 'error', signal })
      const { status } = response
      return new Response((await response.text()) || null, { status })
    } catch {
      const doubt = method === 'GET' ? '' : ' Whether it was done is not known: look before you do it again.'
      throw new CommandFailure(EXIT.tryLater, `The dashboard at ${origin} stopped answering.${doubt}`)
    }
  }
}

/** The face to whatever answers requests. */
export function deckOf(send: Send, address: string | null, close: () => Promise<void>): Deck {
  const deck: Deck = {
    isServed: address !== null,
    address,
    close,
    async call<T>(method: string, path: string, body?: unknown): Promise<T> {
      const response = await send(method, path, body === undefined ? undefined : JSON.stringify(body))
      const text = await response.text()
      const answer = parsed(text)
      if (response.ok) return answer as T
      throw problemFailure((answer ?? {}) as Problem, `The server answered ${response.status}`)
    },
    async token(reference, minValiditySeconds) {
      const name = fitsPath(reference) ? reference : (await findAccount(deck, reference)).id
      return await deck.call<ApiToken>('POST', `/api/accounts/${encodeURIComponent(name)}/token`, {
        ...(minValiditySeconds === null ? {} : { min_validity_seconds: minValiditySeconds }),
      })
    },
  }
  return deck
}

function parsed(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    throw new CommandFailure(EXIT.failed, 'The answer of the dashboard is not JSON. Is it of this version?')
  }
}

interface Problem {
  code?: string
  title?: string
  detail?: string
}

/** A refusal in its own words, with the exit code of its code. */
export function problemFailure({ code = '', title, detail }: Problem, fallback = ''): CommandFailure {
  return new CommandFailure(exitCodeOf(code), [title ?? fallback, detail].filter(Boolean).join('. '), code || null)
}

/** True for what can stand in an address as one segment; the server resolves it. Others are looked up first. */
function fitsPath(reference: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the server refuses control characters in a path
  return reference.length <= 200 && /^[^/\\\u0000-\u001f\u007f]+$/.test(reference) && !/^\.{1,2}$/.test(reference)
}

/** What every request carries. */
export function requestHeaders(apiToken: string, body: string | undefined): Record<string, string> {
  const base = {
    Authorization: `Bearer ${apiToken}`,
    Accept: 'application/json',
    'Accept-Language': 'en',
    // Only for the history: it says that a command asked, not a script of the owner's.
    'Tokendeck-Client': 'cli',
  }
  return body === undefined ? base : { ...base, 'Content-Type': 'application/json' }
}

/** The API token of this home. Errors: CommandFailure when it cannot be read */
export async function readApiToken(config: Config): Promise<string> {
  try {
    return (await Bun.file(join(config.home, 'api-token')).text()).trim()
  } catch {
    throw new CommandFailure(
      EXIT.configuration,
      `The API token in ${config.home} cannot be read. Check its owner and mode.`,
    )
  }
}

/** A provider as the API gives it; only what commands read. */
export interface ApiProvider {
  id: string
  cli: string | null
}

/**
 * The account that a person named: an id, or a label or e-mail that only one account has.
 *
 * Errors: CommandFailure when none or several fit
 */
export async function findAccount(deck: Deck, reference: string): Promise<ApiAccount> {
  return chooseAccount(await deck.call<ApiAccount[]>('GET', '/api/accounts'), reference)
}

/** The same among accounts that are at hand. Errors: CommandFailure */
export function chooseAccount<T extends Pick<ApiAccount, 'id' | 'label' | 'email'>>(
  accounts: readonly T[],
  reference: string,
): T {
  const fits = accountsNamed(reference, accounts)
  if (fits.length === 1) return fits[0]!
  if (fits.length === 0)
    throw new CommandFailure(EXIT.failed, `There is no account “${reference}”. \`tokendeck accounts\` lists them.`)
  const ids = fits.map((account) => `  ${account.id}  ${account.label ?? account.email ?? ''}`).join('\n')
  throw new CommandFailure(EXIT.failed, `“${reference}” fits ${fits.length} accounts. Use an id:\n${ids}`)
}
