/**
 * Codex: OpenAI's authorization server as its own CLI, codex, uses it. Data, and one reader of its tokens' claims.
 *
 * "Observed" = seen in the traffic of codex 0.169.0, 2026-11-22. "Source code" = openai/codex on GitHub, 2026-08-22.
 * What we say differently on purpose: `originator` and User-Agent are our own, and no `refresh_reason` (telemetry).
 */

import { readClaims } from '../../lib/jwt-claims.ts'
import { asId, asRecord, asText } from '../foreign-members.ts'
import type { Identity } from '../identity.ts'
import type { Provider } from '../provider.ts'
import type { TokenSet } from '../token-set.ts'

export const codex: Provider = {
  id: 'codex',
  name: 'Codex',
  // Source: observed 2026-11-22; the public client of codex
  clientId: 'app_EMoamEEZ73f0CkXaXp7hrann',
  // Source: observed 2026-11-22
  authorizationUrl: 'https://auth.openai.com/oauth/authorize',
  // Source: observed 2026-11-22
  tokenUrl: 'https://auth.openai.com/oauth/token',
  // Source: observed 2026-11-22 (`codex logout`)
  revocationUrl: 'https://auth.openai.com/oauth/revoke',
  // Source: source code: who the tokens belong to stands in their claims
  profileUrl: null,
  // Source: observed 2026-11-22
  usageUrl: 'https://chatgpt.com/backend-api/wham/usage',
  // Source: source code
  issuer: 'https://auth.openai.com',
  // Source: observed 2026-11-22
  scopes: ['openid', 'profile', 'email', 'offline_access', 'api.connectors.read', 'api.connectors.invoke'],
  // Source: observed 2026-11-22; `originator` names the program, so ours is our own
  authorizationParams: {
    id_token_add_organizations: 'true',
    codex_cli_simplified_flow: 'true',
    originator: 'tokendeck',
  },
  // Source: observed 2026-11-22
  authorizationOrder: [
    'response_type',
    'client_id',
    'redirect_uri',
    'code_challenge',
    'code_challenge_method',
    'state',
    'scope',
    'id_token_add_organizations',
    'codex_cli_simplified_flow',
    'originator',
  ],
  // Source: source code 2026-08-22: state may come back with this ending
  stateSuffixes: ['.onboarding_entrypoint=life_sciences'],
  // Source: observed 2026-11-22 on refreshes
  customHeaders: { originator: 'tokendeck' },
  methods: ['callback', 'device', 'paste', 'cli_profile'],
  // Source: source code 2026-08-22 (`localhost`, 1455 then 1457). codex itself says 127.0.0.1 by 2026-11-22 (observed), others
  // still `localhost`, which the server has refused nobody; no other port or path is registered for this client
  callback: { host: 'localhost', ports: [1455, 1457], path: '/auth/callback' },
  pasteRedirectUri: null,
  // Source: observed 2026-11-22; not RFC 8628: JSON, own fields, and the server makes the verifier
  device: {
    shape: 'deviceauth',
    authorizationUrl: 'https://auth.openai.com/api/accounts/deviceauth/usercode',
    tokenUrl: 'https://auth.openai.com/api/accounts/deviceauth/token',
    verificationUri: 'https://auth.openai.com/codex/device',
    redirectUri: 'https://auth.openai.com/deviceauth/callback',
  },
  // Source: observed 2026-11-22: the exchange is a form, refresh and revocation are JSON
  tokenRequest: { exchange: 'form', refresh: 'json', revocation: 'json', stateInExchange: false },
  // Source: one report of sibling accounts revoked when refreshed close together; one at a time costs nothing
  refreshConcurrency: 1,
  signInNotice: null,
  cli: 'codex',
  profileScope: null,
  profileHeaders: {},
  usageFormat: 'codex',
  usageHeaders: {},
  // Source: observed 2026-11-22; without it another workspace may answer, or a 403
  usageOrganizationHeader: 'chatgpt-account-id',
  readIdentity: readCodexIdentity,
}

const AUTH_CLAIM = 'https://api.openai.com/auth'
const PROFILE_CLAIM = 'https://api.openai.com/profile'

/** Two names of one plan, as the CLI reads them. Source: source code 2026-08-22 */
const PLAN_ALIASES = new Map([
  ['hc', 'enterprise'],
  ['education', 'edu'],
])

/**
 * Person, workspace and plan from the id_token, else from the access token, which carries the same claims but `sub` of
 * another kind.
 *
 * Errors: none; null when no token names a person
 * Source: source code 2026-08-22; the workspace (`chatgpt_account_id`) is part of the identity: one e-mail may have several
 */
function readCodexIdentity(tokens: TokenSet): Identity | null {
  const idClaims = tokens.idToken && readClaims(tokens.idToken)
  const claims = idClaims ?? readClaims(tokens.accessToken)
  if (!claims) return null
  const auth = asRecord(claims[AUTH_CLAIM])
  const subject = asId(auth.chatgpt_user_id) ?? asId(auth.user_id) ?? (idClaims ? asId(claims.sub) : null)
  if (subject === null) return null
  const organizationId = asId(auth.chatgpt_account_id) ?? ''
  const plan = asText(auth.chatgpt_plan_type)
  return {
    subject,
    organizationId,
    organizationName: organizationTitle(auth.organizations, organizationId),
    email: asText(claims.email) ?? asText(asRecord(claims[PROFILE_CLAIM]).email),
    displayName: asText(claims.name),
    plan: plan && (PLAN_ALIASES.get(plan) ?? plan),
    rateLimitTier: null,
  }
}

/** `organizations` also lists API organisations, whose ids are others: only the workspace's own title is its name. */
function organizationTitle(organizations: unknown, id: string): string | null {
  const list: unknown[] = Array.isArray(organizations) ? organizations : []
  const own = list.map(asRecord).find((organization) => id !== '' && organization.id === id)
  return asText(own?.title)
}
