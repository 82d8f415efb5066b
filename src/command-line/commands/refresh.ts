/** `tokendeck refresh`: refreshes one login, those that are due, or all. */

import type { Command } from '../command.ts'
import { type ApiAccount, type Deck, findAccount } from '../deck.ts'
import { CommandFailure, EXIT, usageFailure } from '../exit-codes.ts'
import { json } from '../output.ts'

interface ApiRefresh {
  /** As the API has it; `failed` where it refused. */
  outcome: string
  access_token_expires_at: string | null
  retry_at?: string | null
  reason: string
  reason_code: string
}

interface Result extends ApiRefresh {
  account: string
}

const EXIT_OF: Record<string, number> = {
  reauthorization_required: EXIT.signInAgain,
  retry_scheduled: EXIT.tryLater,
  outcome_unknown: EXIT.tryLater,
  not_custodian: EXIT.failed,
}

export const command: Command = {
  usage: ['ACCOUNT [--json]', '--due [--json]', '--all [--json]'],
  about:
    'Refreshes logins now. --due takes those whose refresh is due, --all every login that Tokendeck owns, one after another.',
  options: {
    due: { type: 'boolean', about: 'those that are due' },
    all: { type: 'boolean', about: 'every login that Tokendeck owns' },
    json: { type: 'boolean', about: 'print JSON' },
  },
  async run({ arguments: { positionals, options }, io, clock, openDeck }) {
    const ways = [positionals.length > 0, options.due, options.all].filter(Boolean).length
    if (ways !== 1 || positionals.length > 1) throw usageFailure('Name one account, or say --due or --all.')
    const deck = await openDeck()
    try {
      const [reference] = positionals
      const accounts = await chosen(deck, reference, options.due ? clock.now() : null)
      const codes: number[] = []
      const results: Result[] = []
      for (const account of accounts) {
        const { code, result } = await refreshed(deck, account.id, { throws: positionals.length > 0 })
        codes.push(code)
        results.push(result)
        if (!options.json) io.out(`${account.label ?? account.email ?? account.id}: ${result.reason}\n`)
      }
      // Where no dashboard runs, nobody else would ask for them.
      if (!deck.isServed && positionals.length === 0) await tryDueSignOuts(deck, clock.now())
      if (options.json) io.out(json(positionals.length > 0 ? results[0] : results))
      else if (accounts.length === 0) io.say('Nothing is due.')
      return WORST_FIRST.find((code) => codes.includes(code)) ?? codes.find((code) => code !== EXIT.done) ?? EXIT.done
    } finally {
      await deck.close()
    }
  },
}

/** A person first, then time, then the rest. */
const WORST_FIRST: readonly number[] = [EXIT.signInAgain, EXIT.tryLater, EXIT.busy, EXIT.failed]

/** Refreshes one. Unless it `throws`, a refusal is its result, so that the others get their turn. */
async function refreshed(
  deck: Deck,
  account: string,
  { throws }: { throws: boolean },
): Promise<{ code: number; result: Result }> {
  try {
    const result = await deck.call<ApiRefresh>('POST', `/api/accounts/${account}/refresh`)
    return { code: EXIT_OF[result.outcome] ?? EXIT.done, result: { account, ...result } }
  } catch (error) {
    if (throws || !(error instanceof CommandFailure)) throw error
    const reason = { reason: error.message, reason_code: error.problem ?? 'failed' }
    return { code: error.exitCode, result: { account, outcome: 'failed', access_token_expires_at: null, ...reason } }
  }
}

/** Logins that are being ended at their providers, once each. How they stand is told by `tokendeck sign-outs`. */
async function tryDueSignOuts(deck: Deck, now: number): Promise<void> {
  const list = await deck.call<{ id: string; next_try_at: string | null }[]>('GET', '/api/revocations')
  const due = list.filter(({ next_try_at: at }) => at !== null && Date.parse(at) <= now)
  for (const { id } of due) await deck.call('POST', `/api/revocations/${id}/tries`).catch(() => {})
}

/** The one that was named, or every one that Tokendeck owns; with `dueAt` only those that are due then. */
async function chosen(deck: Deck, reference: string | undefined, dueAt: number | null): Promise<ApiAccount[]> {
  if (reference !== undefined) return [await findAccount(deck, reference)]
  const accounts = await deck.call<ApiAccount[]>('GET', '/api/accounts')
  return accounts
    .filter((account) => account.custody === 'dashboard' && !account.paused)
    .filter((account) => account.login.status !== 'sign_in_again')
    .filter((account) => {
      const due = account.login.next_refresh_at
      return dueAt === null || (due !== null && Date.parse(due) <= dueAt)
    })
}
