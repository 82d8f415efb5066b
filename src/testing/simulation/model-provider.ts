/**
 * A token endpoint that rotates, and the ledger of what it did: the ground truth of a run. Strict, refusing or with grace.
 * Knows nothing of our records.
 */

import { HOUR_MS } from '../../lib/clock.ts'
import type { World } from './world.ts'

/** What happens when a spent token comes again: the whole login ends, only the request is refused, or its child comes again. */
export type ReuseRule = 'revokes' | 'refuses' | 'grace'

export interface ModelPair {
  accessToken: string
  refreshToken: string
  /** True time, epoch milliseconds. */
  expiresAt: number
}

export interface ModelLogin {
  subject: string
  organizationId: string
  /** Every pair, the present one last. */
  pairs: ModelPair[]
  /** For each spent pair, the request that spent it. */
  spentBy: ProviderRequest[]
  isRevoked: boolean
  /** Somebody outside our locks had a hand in its end. */
  hasForeignConflict: boolean
}

/** A token request as the provider saw it. */
export interface ProviderRequest {
  login: ModelLogin | null
  /** Which pair of its login the token belonged to. */
  index: number
  by: 'us' | 'cli'
  /** Our attempt that sent it. */
  attemptId: string | null
  owner: string | null
  result: 'granted' | 'repeated' | 'reused' | 'revoked' | 'unknown'
  at: number
  /** The tokens of its answer. */
  child: ModelPair | null
  /** Why its answer may never have become durable. */
  excuse: string | null
}

const ACCESS_LIFE_MS = HOUR_MS

export class ModelProvider {
  readonly logins: ModelLogin[] = []
  readonly requests: ProviderRequest[] = []
  readonly #byRefreshToken = new Map<string, { login: ModelLogin; index: number }>()
  readonly #byAccessToken = new Map<string, { login: ModelLogin; index: number }>()

  constructor(
    readonly world: World,
    readonly reuse: ReuseRule,
  ) {}

  signIn(subject: string, organizationId: string, lifeMs: number): ModelLogin {
    const login = { subject, organizationId, pairs: [], spentBy: [], isRevoked: false, hasForeignConflict: false }
    this.logins.push(login)
    this.#addPair(login, lifeMs)
    return login
  }

  refresh(refreshToken: string, by: Pick<ProviderRequest, 'by' | 'attemptId' | 'owner'>): ProviderRequest {
    const found = this.#byRefreshToken.get(refreshToken)
    const request: ProviderRequest = {
      ...by,
      ...{ login: found?.login ?? null, index: found?.index ?? -1, result: 'unknown', at: this.world.time },
      ...{ child: null, excuse: null },
    }
    this.requests.push(request)
    if (!found) return request
    const { login, index } = found
    const spender = login.spentBy[index]
    if (login.isRevoked) {
      request.result = 'revoked'
    } else if (!spender) {
      request.result = 'granted'
      request.child = this.#addPair(login, ACCESS_LIFE_MS)
      login.spentBy[index] = request
    } else if (this.reuse === 'grace') {
      request.result = 'repeated'
      request.child = login.pairs[index + 1]!
    } else {
      request.result = 'reused'
      if (this.reuse === 'revokes') login.isRevoked = true
      if (by.by === 'cli' || spender.by === 'cli') login.hasForeignConflict = true
    }
    return request
  }

  /** Whose live access token this is. */
  holderOf(accessToken: string): ModelLogin | null {
    const found = this.#byAccessToken.get(accessToken)
    if (!found || found.login.isRevoked) return null
    return found.login.pairs[found.index]!.expiresAt > this.world.time ? found.login : null
  }

  locate(refreshToken: string): { login: ModelLogin; index: number } | null {
    return this.#byRefreshToken.get(refreshToken) ?? null
  }

  /** True when the token is worth something: the last of a login that lives. */
  isCurrent(refreshToken: string): boolean {
    const found = this.#byRefreshToken.get(refreshToken)
    return found !== undefined && !found.login.isRevoked && found.index === found.login.pairs.length - 1
  }

  #addPair(login: ModelLogin, lifeMs: number): ModelPair {
    const tail = `${this.logins.indexOf(login) + 1}-${login.pairs.length + 1}`
    const pair = {
      accessToken: `sk-ant-oat01-FAKE-${tail}`,
      refreshToken: `sk-ant-ort01-FAKE-${tail}`,
      expiresAt: this.world.time + lifeMs,
    }
    login.pairs.push(pair)
    const place = { login, index: login.pairs.length - 1 }
    this.#byRefreshToken.set(pair.refreshToken, place)
    this.#byAccessToken.set(pair.accessToken, place)
    return pair
  }
}
