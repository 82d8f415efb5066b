/** @jsxImportSource #html */
/**
 * The live connection of a page: rows as they change, and named events for what the page fetches itself. Carries the
 * nonce that the page sent, because htmx takes only elements that have their page's own.
 */

import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import type { AccountSummary } from '../accounts/account-summary.ts'
import { AccountError } from '../accounts/errors.ts'
import { getAccount, listAccounts } from '../accounts/list-accounts.ts'
import type { AppEvent } from '../events/bus.ts'
import { SECOND_MS } from '../lib/clock.ts'
import { countAccounts, ROWS_PER_PAGE } from '../views/account-filter.ts'
import { AccountRow } from '../views/partials/account-row.tsx'
import { Counts } from '../views/partials/counts.tsx'
import type { ViewContext } from '../views/view-context.ts'
import type { AppDependencies, AppEnvironment } from './dependencies.ts'
import { type EventWriter, eventStream } from './event-stream.ts'
import { viewOf } from './respond.tsx'

/** The header in which a page tells the nonce of its own policy. */
const NONCE_HEADER = 'tokendeck-page-nonce'
/** Changes to a row closer together than this are one message. */
const COALESCE_MS = 100
/** The counts need every account, so they follow more slowly. */
const COUNTS_EVERY_MS = SECOND_MS
/** Rows rendered in one go, so that other requests get their turn. */
const ROWS_AT_ONCE = 50
/** With more accounts than one page holds, a page fetches its own list instead. */
const MAX_ROWS_ON_CONNECT = ROWS_PER_PAGE
/** With more changed rows than this, one query for all accounts is cheaper. */
const SINGLE_READS = 25
/** What a page shows can be taken for the present state this long, when nothing happened since. */
const FRESH_MS = 30 * SECOND_MS

/** The route, and a look at when something last happened. */
export function eventRoutes({ accounts }: AppDependencies): Hono<AppEnvironment> {
  let changedAt = accounts.clock.now()
  accounts.events.subscribe(() => {
    changedAt = accounts.clock.now()
  })
  return new Hono<AppEnvironment>().get('/events', (c) => {
    const given = c.req.raw.headers.get(NONCE_HEADER) ?? ''
    const view = { ...viewOf(c), nonce: /^[A-Za-z0-9_-]{22}$/.test(given) ? given : '' }
    const lastId = c.req.raw.headers.get('last-event-id')
    // A page that was made a moment ago, and connects for the first time, shows the present state already.
    const renderedAt = Number(c.req.query('rendered') || Number.NaN)
    const isFresh = lastId === null && renderedAt > changedAt && view.now - renderedAt < FRESH_MS
    return eventStream(c, (writer) => new LiveRows(c.get('deps'), view, writer).run(lastId, isFresh))
  })
}

/** One page's live rows. */
class LiveRows {
  readonly #changed = new Set<string>()
  #isSetChanged = false
  #countsSentAt = Number.NEGATIVE_INFINITY
  #wake: (() => void) | null = null

  constructor(
    readonly deps: AppDependencies,
    readonly view: ViewContext,
    readonly writer: EventWriter,
  ) {}

  /** Sends the present state, then every change, until the stream ends. */
  async run(lastId: string | null, isFresh: boolean): Promise<void> {
    const { signal } = this.writer
    const { clock, events } = this.deps.accounts
    const unsubscribe = events.subscribe((event) => this.#note(event))
    signal.addEventListener('abort', () => this.#wake?.(), { once: true })
    try {
      await this.#sendAll(lastId, isFresh)
      while (!signal.aborted) {
        if (this.#changed.size === 0 && !this.#isSetChanged) {
          await new Promise<void>((resolve) => {
            this.#wake = resolve
          })
        }
        await clock.sleep(COALESCE_MS, signal)
        if (!signal.aborted) await this.#sendChanges()
      }
    } finally {
      unsubscribe()
    }
  }

  #note(event: AppEvent): void {
    if (event.type === 'authorization.changed') {
      this.writer.send({ event: `authorization-${event.authorizationId}`, data: '' })
    } else if (!('accountId' in event)) {
      this.writer.send({ event: event.type.replace('.', '-'), data: '' })
    } else {
      // An account's own page shows more of its limits than a row: it fetches them.
      if (event.type.startsWith('usage.')) this.writer.send({ event: `usage-${event.accountId}`, data: '' })
      if (event.type === 'account.connected' || event.type === 'account.removed') this.#isSetChanged = true
      else this.#changed.add(event.accountId)
      this.#wake?.()
    }
  }

  /** Every row as it is now. A page that was away while accounts came or went is told to fetch its list. */
  async #sendAll(lastId: string | null, isFresh: boolean): Promise<void> {
    const accounts = await listAccounts(this.deps.accounts)
    const isLong = accounts.length > MAX_ROWS_ON_CONNECT
    const hasMissed = lastId !== null && lastId !== setId(accounts)
    if (hasMissed || (isLong && !isFresh)) this.#sendSetChanged(accounts)
    if (!isLong && !isFresh) await this.#sendRows(accounts)
    this.#sendCounts(accounts)
  }

  async #sendChanges(): Promise<void> {
    const ids = [...this.#changed]
    const isSetChanged = this.#isSetChanged
    this.#changed.clear()
    this.#isSetChanged = false
    const { accounts: context } = this.deps
    const areCountsDue = context.clock.monotonic() - this.#countsSentAt >= COUNTS_EVERY_MS
    const all = isSetChanged || areCountsDue || ids.length > SINGLE_READS ? await listAccounts(context) : null
    const changed = all ? all.filter((account) => ids.includes(account.id)) : await this.#read(ids)
    await this.#sendRows(changed)
    if (all && isSetChanged) this.#sendSetChanged(all)
    if (all) this.#sendCounts(all)
    else void this.#countsLater()
  }

  async #read(ids: string[]): Promise<AccountSummary[]> {
    const read = await Promise.all(ids.map((id) => getAccount(this.deps.accounts, id).catch(goneAsNull)))
    return read.filter((account) => account !== null)
  }

  async #sendRows(accounts: AccountSummary[]): Promise<void> {
    const view = { ...this.view, now: this.deps.accounts.clock.now() }
    for (let start = 0; start < accounts.length; start += ROWS_AT_ONCE) {
      if (start > 0) await new Promise((resolve) => setImmediate(resolve))
      const parts = accounts
        .slice(start, start + ROWS_AT_ONCE)
        .map((account) => partial(`#account_${account.id}`, <AccountRow view={view} account={account} />))
      this.writer.send({ event: null, data: parts.join('') })
    }
  }

  #sendSetChanged(accounts: AccountSummary[]): void {
    this.writer.send({ event: 'accounts-changed', data: '', id: setId(accounts) })
  }

  #sendCounts(accounts: AccountSummary[]): void {
    this.#countsSentAt = this.deps.accounts.clock.monotonic()
    const counts = <Counts view={this.view} counts={countAccounts(accounts)} />
    this.writer.send({ event: null, data: partial('#counts', counts), id: setId(accounts) })
  }

  /** The counts that were left out for now. */
  async #countsLater(): Promise<void> {
    const { clock } = this.deps.accounts
    const sentAt = this.#countsSentAt
    await clock.sleep(COUNTS_EVERY_MS - (clock.monotonic() - sentAt), this.writer.signal)
    if (this.writer.signal.aborted || this.#countsSentAt !== sentAt) return
    this.#sendCounts(await listAccounts(this.deps.accounts))
  }
}

/** An element for the place of another. Ids are hexadecimal, so the selector needs no escaping. */
function partial(target: string, element: { toString(): unknown }): string {
  return `<hx-partial hx-target="${target}" hx-swap="outerMorph">${element}</hx-partial>`
}

/** Names the set of accounts, so that a returning page can be told that it changed. */
function setId(accounts: AccountSummary[]): string {
  const ids = accounts.map((account) => account.id).join()
  return createHash('sha256').update(ids).digest('hex').slice(0, 16)
}

function goneAsNull(error: unknown): null {
  if (error instanceof AccountError && error.code === 'account_not_found') return null
  throw error
}
