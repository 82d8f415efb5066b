/**
 * What the fake provider knows to be true: codes, token families, who holds which. Speaks no HTTP and no provider's
 * dialect. Refresh tokens are single use; a reused one revokes its family, or within a grace gives the same child again.
 */

import { createHash } from 'node:crypto'
import { type Clock, DAY_MS, HOUR_MS, MINUTE_MS } from '../lib/clock.ts'
import { type Random, randomToken } from '../lib/random.ts'
import { codexClaims, fakeJwt } from './builders.ts'
import type { FakeIdentity } from './fake-identities.ts'

/** How strict the provider is, and how long things live. */
export interface FakeGrantRules {
  accessTokenLifetimeMs: number
  /** Of the whole login, from sign-in; refreshing does not extend it. Null: no end. */
  loginLifetimeMs: number | null
  codeLifetimeMs: number
  /** `strict`: reuse revokes the family. A number: that many milliseconds of tolerance, answering the same child again. */
  reuse: 'strict' | number
  /** False: refreshing keeps the refresh token. */
  rotates: boolean
}

export const DEFAULT_GRANT_RULES: FakeGrantRules = {
  accessTokenLifetimeMs: 8 * HOUR_MS,
  loginLifetimeMs: 30 * DAY_MS,
  codeLifetimeMs: 10 * MINUTE_MS,
  reuse: 'strict',
  rotates: true,
}

export interface FakeAuthorizationRequest {
  clientId: string
  /** Exact; or, after a `*`, how it must end. */
  redirectUri: string
  codeChallenge: string
  scopes: string[]
  state: string
}

export interface FakePair {
  accessToken: string
  refreshToken: string | null
  accessTokenExpiresAt: number
}

/** A login: the pairs that came of one sign-in. */
export interface FakeFamily {
  identity: FakeIdentity
  clientId: string
  scopes: string[]
  loginEndsAt: number | null
  revokedAt: number | null
  /** Every pair it ever had, the present one last. Old access tokens work until they expire. */
  pairs: FakePair[]
  /** Consumed refresh token → when, and the pair that replaced it. */
  consumed: Map<string, { at: number; child: FakePair }>
}

export type FakeRefusal = 'unknown' | 'reused' | 'expired' | 'revoked' | 'other_client'
export type FakeIssue = { family: FakeFamily; pair: FakePair }

/** The pair that a well-behaved client holds now. */
export function currentPair(family: FakeFamily): FakePair {
  return family.pairs.at(-1)!
}

export class FakeGrants {
  readonly families: FakeFamily[] = []
  /** Whose each token is: a provider that served a hundred thousand must answer as quickly as at first. */
  readonly #families = { byRefreshToken: new Map<string, FakeFamily>(), byAccessToken: new Map<string, FakeIssue>() }
  readonly #codes = new Map<
    string,
    FakeAuthorizationRequest & { identity: FakeIdentity; expiresAt: number; family?: FakeFamily }
  >()

  constructor(
    readonly clock: Clock,
    readonly random: Random,
    readonly rules: FakeGrantRules,
  ) {}

  /** The person consents: a code that works once. */
  issueCode(identity: FakeIdentity, request: FakeAuthorizationRequest): string {
    const code = `${identity.provider === 'codex' ? 'ac_' : ''}FAKE-${randomToken(this.random, 12)}`
    this.#codes.set(code, { ...request, identity, expiresAt: this.clock.now() + this.rules.codeLifetimeMs })
    return code
  }

  /**
   * A code becomes a login, when everything about it matches what it was issued for. Any attempt burns the code, and a
   * second use revokes what the first one gave (RFC 6749 §4.1.2).
   */
  redeemCode(
    code: string,
    given: { clientId: string; redirectUri: string; codeVerifier: string; state?: string },
  ): FakeIssue | string {
    const issued = this.#codes.get(code)
    if (!issued) return 'code is unknown'
    if (issued.family) {
      issued.family.revokedAt ??= this.clock.now()
      return 'code was used before'
    }
    const family = this.#newFamily(issued.identity, issued.clientId, issued.scopes, this.rules)
    issued.family = family
    const fault = this.#faultOf(issued, given)
    if (fault) {
      family.revokedAt = this.clock.now()
      return fault
    }
    return this.#add(family)
  }

  /** A login without the walk through a browser, for seeds; with lifetimes of its own where told. */
  signIn(
    identity: FakeIdentity,
    clientId: string,
    scopes: string[],
    lifetimes: Partial<Pick<FakeGrantRules, 'accessTokenLifetimeMs' | 'loginLifetimeMs'>> = {},
  ): FakeIssue {
    const family = this.#newFamily(identity, clientId, scopes, { ...this.rules, ...lifetimes })
    return this.#add(family)
  }

  refresh(refreshToken: string, clientId: string): FakeIssue | FakeRefusal {
    const now = this.clock.now()
    const family = this.familyOf(refreshToken)
    if (!family) return 'unknown'
    if (family.clientId !== clientId) return 'other_client'
    const spent = family.consumed.get(refreshToken)
    if (spent && family.revokedAt === null) {
      if (this.rules.reuse !== 'strict' && now - spent.at <= this.rules.reuse) return { family, pair: spent.child }
      family.revokedAt = now
    }
    if (spent) return 'reused'
    if (family.revokedAt !== null) return 'revoked'
    if (family.loginEndsAt !== null && now >= family.loginEndsAt) return 'expired'
    const child = this.#newPair(family, this.rules.accessTokenLifetimeMs)
    if (this.rules.rotates) family.consumed.set(refreshToken, { at: now, child })
    else child.refreshToken = refreshToken
    family.pairs.push(child)
    return this.#know({ family, pair: child })
  }

  /** Ends the whole login that the token belongs to. True when there was one. */
  revoke(token: string): boolean {
    const family = this.familyOf(token) ?? this.familyOfAccessToken(token)
    if (!family) return false
    family.revokedAt ??= this.clock.now()
    return true
  }

  /** The family that an access token opens now; null when it is unknown, expired or revoked. */
  familyOfLiveAccessToken(accessToken: string): FakeFamily | null {
    const known = this.#families.byAccessToken.get(accessToken)
    if (!known || known.family.revokedAt !== null) return null
    return this.clock.now() < known.pair.accessTokenExpiresAt ? known.family : null
  }

  familyOf(refreshToken: string): FakeFamily | null {
    return this.#families.byRefreshToken.get(refreshToken) ?? null
  }

  familyOfAccessToken(accessToken: string): FakeFamily | null {
    return this.#families.byAccessToken.get(accessToken)?.family ?? null
  }

  #add(family: FakeFamily): FakeIssue {
    this.families.push(family)
    return this.#know({ family, pair: currentPair(family) })
  }

  #know(issue: FakeIssue): FakeIssue {
    const { family, pair } = issue
    if (pair.refreshToken) this.#families.byRefreshToken.set(pair.refreshToken, family)
    this.#families.byAccessToken.set(pair.accessToken, issue)
    return issue
  }

  #faultOf(
    issued: FakeAuthorizationRequest & { expiresAt: number },
    given: { clientId: string; redirectUri: string; codeVerifier: string; state?: string },
  ): string | null {
    if (this.clock.now() >= issued.expiresAt) return 'code has expired'
    if (given.clientId !== issued.clientId) return 'client_id differs from the authorization request'
    const isSameRedirect = issued.redirectUri.startsWith('*')
      ? given.redirectUri.endsWith(issued.redirectUri.slice(1))
      : given.redirectUri === issued.redirectUri
    if (!isSameRedirect) return 'redirect_uri differs from the authorization request'
    const challenge = createHash('sha256').update(given.codeVerifier).digest('base64url')
    if (challenge !== issued.codeChallenge) return 'code_verifier does not match code_challenge'
    if (given.state !== undefined && given.state !== issued.state) return 'state differs from the authorization request'
    return null
  }

  #newFamily(identity: FakeIdentity, clientId: string, scopes: string[], rules: FakeGrantRules): FakeFamily {
    const now = this.clock.now()
    const family: FakeFamily = {
      identity,
      clientId,
      scopes,
      loginEndsAt: rules.loginLifetimeMs === null ? null : now + rules.loginLifetimeMs,
      revokedAt: null,
      pairs: [],
      consumed: new Map(),
    }
    family.pairs.push(this.#newPair(family, rules.accessTokenLifetimeMs))
    return family
  }

  #newPair(family: FakeFamily, lifetimeMs: number): FakePair {
    const expiresAt = this.clock.now() + lifetimeMs
    const tail = `${String(family.pairs.length + 1).padStart(4, '0')}-${randomToken(this.random, 9)}`
    if (family.identity.provider === 'claude') {
      return {
        accessToken: `sk-ant-oat01-FAKE-${tail}`,
        refreshToken: `sk-ant-ort01-FAKE-${tail}`,
        accessTokenExpiresAt: expiresAt,
      }
    }
    const claims = codexClaims({
      ...family.identity,
      exp: Math.floor(expiresAt / 1_000),
      iat: Math.floor(this.clock.now() / 1_000),
    })
    return {
      accessToken: fakeJwt({ ...claims, jti: tail }),
      refreshToken: `rt_FAKE_${tail}`,
      accessTokenExpiresAt: expiresAt,
    }
  }
}
