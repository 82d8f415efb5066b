/**
 * Who may use the dashboard: programs by the API token, browsers by a session, and the server itself by a proof that
 * programs ask for before they send their token. Knows nothing of HTTP.
 */

import type { Database } from '../db/client.ts'
import { type Clock, MINUTE_MS } from '../lib/clock.ts'
import { type Random, randomToken } from '../lib/random.ts'
import { Secret } from '../lib/secret.ts'
import { proofOf } from '../lib/server-proof.ts'
import { ensureApiToken, hashOf, sameHash } from './api-token.ts'
import { type ListedSession, type Session, Sessions } from './sessions.ts'
import { type SignInLink, SignInLinks } from './sign-in-links.ts'

export type { ListedSession, Session } from './sessions.ts'

/** A fresh session with the cookie value that is worth it. */
export interface SignedIn {
  session: Session
  cookieValue: Secret
}

export interface Access {
  /** Key of the server's proof; the server writes it into its 0600 file. */
  readonly proofKey: Secret
  /** Whether this is the API token; in constant time. */
  apiTokenMatches(bearer: string): boolean
  /** A link secret that is worth one session within ten minutes. */
  createLink(): SignInLink
  redeemLink(secret: string, userAgent: string | null): Promise<SignedIn | null>
  signInWithToken(token: string, userAgent: string | null): Promise<SignedIn | null>
  /** False when so many sign-ins failed lately that who is wrong has to wait. */
  maySignIn(): boolean
  /** The live session of a cookie value. */
  findSession(cookieValue: string): Promise<Session | null>
  isSessionLive(id: string): Promise<boolean>
  listSessions(): Promise<ListedSession[]>
  endSession(id: string): Promise<void>
  serverProof(challenge: string, port: number): string
}

export interface AccessDependencies {
  database: Database
  clock: Clock
  random: Random
  /** A keyed fingerprint whose key outlives a restart (the vault's, for sessions). */
  fingerprint: (secret: Secret) => string
  apiTokenPath: string
}

/** Failed sign-ins per minute after which who is wrong has to wait. The secrets cannot be guessed: this only keeps the noise down. */
const MAX_FAILURES_A_MINUTE = 10

/**
 * Opens the doors: reads the API token, or makes it on the first start.
 *
 * Errors: ApiTokenRefusal when the token file cannot be trusted
 */
export async function createAccess(deps: AccessDependencies): Promise<Access> {
  const { clock, random } = deps
  const apiTokenHash = hashOf((await ensureApiToken(deps.apiTokenPath, random)).reveal())
  const proofKey = new Secret(randomToken(random))
  const links = new SignInLinks(clock, random)
  const sessions = new Sessions(deps)
  let failures: number[] = []

  const apiTokenMatches = (bearer: string) => sameHash(hashOf(bearer), apiTokenHash)
  const beginIf = async (isRight: boolean, userAgent: string | null) => {
    if (isRight) return await sessions.begin(userAgent)
    if (failures.length < MAX_FAILURES_A_MINUTE) failures.push(clock.now())
    return null
  }

  return {
    proofKey,
    apiTokenMatches,
    createLink: () => links.create(),
    redeemLink: (secret, userAgent) => beginIf(links.redeem(secret), userAgent),
    signInWithToken: (token, userAgent) => beginIf(apiTokenMatches(token), userAgent),
    maySignIn() {
      failures = failures.filter((at) => clock.now() - at < MINUTE_MS)
      return failures.length < MAX_FAILURES_A_MINUTE
    },
    findSession: (cookieValue) => sessions.find(cookieValue),
    isSessionLive: (id) => sessions.isLive(id),
    listSessions: () => sessions.list(),
    endSession: (id) => sessions.end(id),
    serverProof: (challenge, port) => proofOf(proofKey, challenge, port),
  }
}
