/** What the simple strategies share: a file with tokens, and the request. Each strategy is what it does around these. */

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { KillPoint } from '../orders.ts'

export interface StoredTokens {
  provider: 'claude' | 'codex'
  clientId: string
  accessToken: string
  refreshToken: string
  /** Epoch milliseconds. */
  expiresAt: number
}

/** What a strategy works with, and the places where it may be killed. */
export interface Shelf {
  path: string
  origin: string
  /** Called at the points of a refresh; does not return where it is to die. */
  reach(point: KillPoint): void
}

/** The provider refused the refresh token. */
export class Refused extends Error {}

export type Strategy = (shelf: Shelf) => Promise<StoredTokens>

export function readTokens({ path }: Shelf): StoredTokens {
  return JSON.parse(readFileSync(path, 'utf8')) as StoredTokens
}

export function hasTokens({ path }: Shelf): boolean {
  return existsSync(path)
}

/** As most tools do it: over the file that is there. */
export function writeInPlace(shelf: Shelf, tokens: StoredTokens): void {
  shelf.reach('before_commit')
  shelf.reach('during_commit')
  writeFileSync(shelf.path, JSON.stringify(tokens), { mode: 0o600 })
  shelf.reach('after_commit')
}

/** As careful tools do it: beside it, then in its place. */
export function writeByRename(shelf: Shelf, tokens: StoredTokens): void {
  shelf.reach('before_commit')
  shelf.reach('during_commit')
  writeFileSync(`${shelf.path}.${process.pid}`, JSON.stringify(tokens), { mode: 0o600 })
  renameSync(`${shelf.path}.${process.pid}`, shelf.path)
  shelf.reach('after_commit')
}

/** One refresh request (RFC 6749 §6). Errors: Refused */
export async function requestTokens(shelf: Shelf, held: StoredTokens): Promise<StoredTokens> {
  shelf.reach('before_send')
  const response = await fetch(`${shelf.origin}/claude/v1/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ grant_type: 'refresh_token', refresh_token: held.refreshToken, client_id: held.clientId }),
  })
  const answer = (await response.json()) as { access_token: string; refresh_token: string; expires_in: number }
  if (!response.ok) throw new Refused()
  shelf.reach('after_answer')
  return {
    ...held,
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token,
    expiresAt: Date.now() + answer.expires_in * 1_000,
  }
}
