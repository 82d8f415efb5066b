/**
 * Sessions of browsers: a random cookie of 256 bits, of which the database has a keyed hash only. Decides when a session
 * is over; knows nothing of cookies' syntax or HTTP.
 */

import type { Database } from '../db/client.ts'
import { StoreError } from '../db/query.ts'
import {
  deleteEndedSessions,
  deleteSession,
  insertSession,
  type SessionRow,
  selectSession,
  selectSessions,
  touchSession,
} from '../db/session-store.ts'
import { type Clock, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { cleanText } from '../lib/foreign-text.ts'
import { type Random, randomToken } from '../lib/random.ts'
import { equalInConstantTime, Secret } from '../lib/secret.ts'

const SESSION_IDLE_MS = 12 * HOUR_MS
export const SESSION_LIFE_MS = 30 * DAY_MS
/** Uses closer together than this are one write. */
const TOUCH_EVERY_MS = 5 * MINUTE_MS
/** A row is read again after this; until then another process that ends the session is not noticed. */
const KEPT_MS = 5 * SECOND_MS
const MAX_KEPT = 100
/** How long a session that was live is believed while the database does not answer. */
const AWAY_KEPT_MS = HOUR_MS

/** A browser that signed in. Instants in epoch milliseconds. */
export interface Session {
  /** Keyed hash of the cookie: names the session, opens nothing. */
  id: string
  createdAt: number
  lastSeenAt: number
  userAgent: string | null
  /** What this session's forms carry; made from the cookie by key, so that it outlives a restart. */
  csrfToken: string
}

/** A session as it may be listed: without its CSRF token. */
export type ListedSession = Omit<Session, 'csrfToken'>

export interface SessionDependencies {
  database: Database
  clock: Clock
  random: Random
  /** The vault's keyed fingerprint for sessions. */
  fingerprint: (secret: Secret) => string
}

/** Begins, finds, lists and ends sessions. */
export class Sessions {
  readonly #deps: SessionDependencies
  readonly #kept = new Map<string, { row: SessionRow; until: number }>()

  constructor(deps: SessionDependencies) {
    this.#deps = deps
  }

  /** A new session and the cookie value that is worth it. Ended sessions are cleared away in passing. */
  async begin(userAgent: string | null): Promise<{ session: Session; cookieValue: Secret }> {
    const { database, clock, random } = this.#deps
    const now = clock.now()
    const cookieValue = new Secret(randomToken(random))
    const row: SessionRow = {
      idHash: this.#idOf(cookieValue),
      createdAt: now,
      lastSeenAt: now,
      userAgent: userAgent === null ? null : cleanText(userAgent),
    }
    await deleteEndedSessions(database, { seenBefore: now - SESSION_IDLE_MS, createdBefore: now - SESSION_LIFE_MS })
    await insertSession(database, row)
    return { session: this.#session(row, cookieValue), cookieValue }
  }

  /** The live session of a cookie value, or null. Notes that it was used. */
  async find(cookieValue: string): Promise<Session | null> {
    if (!/^[A-Za-z0-9_-]{43}$/.test(cookieValue)) return null
    const secret = new Secret(cookieValue)
    const { database, clock } = this.#deps
    const row = await this.#read(this.#idOf(secret))
    if (!row || !this.#isLive(row)) return null
    const now = clock.now()
    if (now - row.lastSeenAt >= TOUCH_EVERY_MS) {
      await touchSession(database, row.idHash, now).catch((error: unknown) => {
        if (!isAway(error)) throw error
      })
      row.lastSeenAt = now
    }
    return this.#session(row, secret)
  }

  /** Whether the session with that id is still live; does not count as a use. */
  async isLive(id: string): Promise<boolean> {
    const row = await selectSession(this.#deps.database, id)
    return row !== null && this.#isLive(row)
  }

  /** The live sessions, the last seen first. */
  async list(): Promise<ListedSession[]> {
    const rows = await selectSessions(this.#deps.database)
    return rows
      .filter((row) => this.#isLive(row))
      .map(({ idHash, createdAt, lastSeenAt, userAgent }) => ({ id: idHash, createdAt, lastSeenAt, userAgent }))
  }

  /** Ends a session; its cookie is worth nothing from now on. */
  async end(id: string): Promise<void> {
    await deleteSession(this.#deps.database, id)
    this.#kept.delete(id)
  }

  /** The row, from memory for a few seconds: a page makes many requests, and the database may be far away. */
  async #read(id: string): Promise<SessionRow | null> {
    const { database, clock } = this.#deps
    const kept = this.#kept.get(id)
    if (kept && clock.monotonic() < kept.until) return kept.row
    let row: SessionRow | null
    try {
      row = await selectSession(database, id)
    } catch (error) {
      // Reading goes on for a while where the database is far away and silent; ending a session elsewhere waits for it.
      if (isAway(error) && kept && clock.monotonic() < kept.until + AWAY_KEPT_MS) return kept.row
      throw error
    }
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear()
    if (row) this.#kept.set(id, { row, until: clock.monotonic() + KEPT_MS })
    else this.#kept.delete(id)
    return row
  }

  #isLive(row: SessionRow): boolean {
    const now = this.#deps.clock.now()
    return now < row.lastSeenAt + SESSION_IDLE_MS && now < row.createdAt + SESSION_LIFE_MS
  }

  #idOf(cookieValue: Secret): string {
    return this.#deps.fingerprint(new Secret(`session:${cookieValue.reveal()}`))
  }

  #session(row: SessionRow, cookieValue: Secret): Session {
    const csrfToken = this.#deps.fingerprint(new Secret(`csrf:${cookieValue.reveal()}`))
    return {
      id: row.idHash,
      createdAt: row.createdAt,
      lastSeenAt: row.lastSeenAt,
      userAgent: row.userAgent,
      csrfToken,
    }
  }
}

/** Whether a form carried its own session's CSRF token, compared in constant time. */
export function csrfTokenMatches(session: Session, token: string | undefined): boolean {
  return token !== undefined && equalInConstantTime(session.csrfToken, token)
}

function isAway(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'io'
}
