/**
 * One face to a Tokendeck, running or not: the JSON API. Beside a running server requests go to it, after it has proved
 * itself; otherwise the same application answers in this process, on the same database and under the same leases.
 */

import { join } from 'node:path'
import type { Config } from '../config.ts'
import { quietFetch } from '../process-hygiene.ts'
import { CommandFailure, EXIT, exitCodeOf } from './exit-codes.ts'
import { findServer } from './server-proof.ts'

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
}

export interface Deck {
  /** True when a server answered. */
  readonly isServed: boolean
  /** The server's address, or null without one. */
  readonly address: string | null
  /** Calls the API and gives the answer's body; throws CommandFailure with the problem's own words. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>
  close(): Promise<void>
}

type Send = (method: string, path: string, body: string | undefined) => Promise<Response>

/**
 * Finds the running server of this home, or opens the database in this process.
 *
 * Errors: CommandFailure; refusals of the configuration, the database or the key pass through with their own exit codes
 */
export async function openDeck(config: Config): Promise<Deck> {
  const server = await findServer(config.home, quietFetch)
  if (server) {
    const apiToken = await readApiToken(config)
    const send: Send = (method, path, body) =>
      quietFetch(`${server.origin}${path}`, {
        method,
        body,
        headers: headers(apiToken, body),
        redirect: 'error',
        // A refresh may take its whole deadline, and then a retry.
        signal: AbortSignal.timeout(90_000),
      })
    return deckOf(send, server.origin, async () => {})
  }
  const { openLocalApp } = await import('../local-app.ts')
  const local = await openLocalApp(config)
  const apiToken = await readApiToken(config)
  const send: Send = async (method, path, body) =>
    local.request(path, { method, body, headers: headers(apiToken, body) })
  return deckOf(send, null, () => local.close())
}

function deckOf(send: Send, address: string | null, close: () => Promise<void>): Deck {
  return {
    isServed: address !== null,
    address,
    close,
    async call<T>(method: string, path: string, body?: unknown): Promise<T> {
      const response = await send(method, path, body === undefined ? undefined : JSON.stringify(body))
      const text = await response.text()
      const answer = text === '' ? null : (JSON.parse(text) as unknown)
      if (response.ok) return answer as T
      const problem = (answer ?? {}) as { code?: string; title?: string; detail?: string }
      const words = [problem.title ?? `The server answered ${response.status}`, problem.detail]
        .filter(Boolean)
        .join('. ')
      throw new CommandFailure(exitCodeOf(problem.code ?? ''), words)
    },
  }
}

function headers(apiToken: string, body: string | undefined): Record<string, string> {
  const base = {
    Authorization: `Bearer ${apiToken}`,
    Accept: 'application/json',
    'Accept-Language': 'en',
    // Only for the history: it says that a command asked, not a script of the owner's.
    'Tokendeck-Client': 'cli',
  }
  return body === undefined ? base : { ...base, 'Content-Type': 'application/json' }
}

async function readApiToken(config: Config): Promise<string> {
  try {
    return (await Bun.file(join(config.home, 'api-token')).text()).trim()
  } catch {
    throw new CommandFailure(
      EXIT.configuration,
      `The API token in ${config.home} cannot be read. Check its owner and mode.`,
    )
  }
}

/**
 * The account that a person named: an id, or a label or e-mail that only one account has.
 *
 * Errors: CommandFailure when none or several fit
 */
export async function findAccount(deck: Deck, reference: string): Promise<ApiAccount> {
  const accounts = await deck.call<ApiAccount[]>('GET', '/api/accounts')
  const byId = accounts.find((account) => account.id === reference)
  if (byId) return byId
  const lower = reference.toLowerCase()
  const fits = accounts.filter(
    (account) => account.label?.toLowerCase() === lower || account.email?.toLowerCase() === lower,
  )
  if (fits.length === 1) return fits[0]!
  if (fits.length === 0)
    throw new CommandFailure(EXIT.failed, `There is no account “${reference}”. \`tokendeck accounts\` lists them.`)
  const ids = fits.map((account) => `  ${account.id}  ${account.label ?? account.email ?? ''}`).join('\n')
  throw new CommandFailure(EXIT.failed, `“${reference}” fits ${fits.length} accounts. Use an id:\n${ids}`)
}
