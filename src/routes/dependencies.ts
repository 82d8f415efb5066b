/** What the web side is given, and what its middleware leaves for handlers. */

import type { Access, Session } from '../access/access.ts'
import type { AccountsContext, Actor } from '../accounts/context.ts'
import type { Language } from '../messages/languages.ts'
import type { ViewContext } from '../views/view-context.ts'

/** Everything createApp needs. */
export interface AppDependencies {
  accounts: AccountsContext
  access: Access
  version: string
  /** The dashboard's port; known only once it listens, so it is asked for each time. */
  port: () => number
  /** Further exact values of the Host header that are accepted (TOKENDECK_ALLOW_REMOTE). */
  extraHosts: readonly string[]
  about: { home: string; databaseUrl: string; configFile: string }
  /** Ends event streams at shutdown. */
  shutdown: AbortSignal
}

/** Hono's environment for this app. */
export interface AppEnvironment {
  Bindings: { server?: { timeout(request: Request, seconds: number): void } }
  Variables: {
    deps: AppDependencies
    /** Fresh 128-bit nonce of this response. */
    nonce: string
    /** The browser's session, or null when the request carries the API token or is public. */
    session: Session | null
    /** Who is asking, for the history: `browser` with a session, `api` or `cli` with the API token. */
    actor: Actor
    language: Language
    /** What views need of this request: nonce, CSRF token, language, theme, mask, now. */
    view: ViewContext
  }
}
