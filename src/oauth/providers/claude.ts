/**
 * Claude: Anthropic's authorization server as its own CLI, Claude Code, uses it. Data, and one reader of its profile.
 *
 * "Observed" = seen in the traffic of Claude Code 2.1.330, 2026-11-22. "Documented" = in Anthropic's own documentation.
 * What we say differently on purpose: an honest User-Agent (imitating the CLI is against the provider's policy, and gets
 * refused), no `scope` in a refresh, and no scope that a dashboard has no use for.
 */

import { asId, asRecord, asText } from '../foreign-members.ts'
import type { Identity } from '../identity.ts'
import type { Provider } from '../provider.ts'
import type { TokenSet } from '../token-set.ts'

export const claude: Provider = {
  id: 'claude',
  name: 'Claude',
  // Source: observed 2026-11-22; the public client of Claude Code
  clientId: '9d1c250a-e61b-44d9-88ed-5944d1962f5e',
  // Source: observed 2026-11-22; leads on to claude.ai/oauth/authorize
  authorizationUrl: 'https://claude.com/cai/oauth/authorize',
  // Source: observed 2026-11-22; documented move from console.anthropic.com in Claude Code 2.1.7
  tokenUrl: 'https://platform.claude.com/v1/oauth/token',
  // Source: observed 2026-11-22 (`claude auth logout`); undocumented, so a missing confirmation is told
  revocationUrl: 'https://platform.claude.com/v1/oauth/token/revoke',
  // Source: observed 2026-11-22
  profileUrl: 'https://api.anthropic.com/api/oauth/profile',
  // Source: observed 2026-11-22
  usageUrl: 'https://api.anthropic.com/api/oauth/usage',
  // Source: none seen; authorization responses carry no `iss`
  issuer: null,
  // Source: observed 2026-11-22, without user:privacy_consents:write and org:desktop_config, which nothing here needs
  scopes: [
    'org:create_api_key',
    'user:profile',
    'user:inference',
    'user:sessions:claude_code',
    'user:mcp_servers',
    'user:file_upload',
    'user:plugins',
  ],
  // Source: observed 2026-11-22; not in any RFC: asks for the page that shows a code to copy
  authorizationParams: { code: 'true' },
  // Source: observed 2026-11-22
  authorizationOrder: [
    'code',
    'client_id',
    'response_type',
    'redirect_uri',
    'scope',
    'code_challenge',
    'code_challenge_method',
    'state',
  ],
  customHeaders: {},
  methods: ['paste', 'cli_profile', 'callback'],
  // Source: observed 2026-11-22; any free port
  callback: { host: 'localhost', ports: 'free', path: '/callback' },
  // Source: observed 2026-11-22; its page shows `code#state`
  pasteRedirectUri: 'https://platform.claude.com/oauth/code/callback',
  device: null,
  // Source: observed 2026-11-22; JSON and `state` in the exchange stray from RFC 6749 §4.1.3
  tokenRequest: { exchange: 'json', refresh: 'json', revocation: 'json', stateInExchange: true },
  refreshConcurrency: 4,
  // Source: documented 2026-08-22 (legal and compliance): sign-in is meant to complete in Anthropic's own programs
  signInNotice: 'anthropic_terms',
  cli: 'claude',
  // Source: observed: without it profile and usage answer 403
  profileScope: 'user:profile',
  // Source: documented (`claude setup-token`): for inference only, a year long, never refreshed
  setupTokenScopes: ['user:inference'],
  // Source: observed: the sign-in of the Console, whose logins bill an organisation's API account; a smaller set of scopes
  variants: [
    {
      id: 'console',
      authorizationUrl: 'https://platform.claude.com/oauth/authorize',
      scopes: ['org:create_api_key', 'user:profile'],
    },
  ],
  // Source: observed: an empty POST, answered with `raw_key`
  apiKeys: {
    url: 'https://api.anthropic.com/api/oauth/claude_cli/create_api_key',
    scope: 'org:create_api_key',
    member: 'raw_key',
    consoleUrl: 'https://platform.claude.com/settings/keys',
  },
  // Source: observed 2026-11-22; no beta header here, unlike usage
  profileHeaders: { 'content-type': 'application/json', 'cache-control': 'no-cache' },
  usageFormat: 'claude',
  // Source: observed 2026-11-22; a test of 2026-09-07 got an answer without the beta header too
  usageHeaders: { 'content-type': 'application/json', 'anthropic-beta': 'oauth-2025-04-20' },
  usageOrganizationHeader: null,
  readIdentity: readClaudeIdentity,
}

/** `organization_type` is the plan with this in front. */
const PLAN_PREFIX = /^claude_/

/**
 * Account and organisation, from the profile and else from the token answer itself, which knows neither plan nor tier.
 *
 * Errors: none; null when neither names an account
 * Source: observed: profile `account`, `organization`; token answer `account.uuid`, `organization.uuid`
 */
function readClaudeIdentity(tokens: TokenSet, profile: unknown): Identity | null {
  const account = asRecord(asRecord(profile).account)
  const organization = asRecord(asRecord(profile).organization)
  const hint = tokens.subjectHint ?? null
  const subject = asId(account.uuid) ?? hint?.subject ?? null
  if (subject === null) return null
  const sameHint = hint?.subject === subject ? hint : null
  return {
    subject,
    organizationId: asId(organization.uuid) ?? sameHint?.organizationId ?? '',
    organizationName: asText(organization.name) ?? sameHint?.organizationName ?? null,
    email: asText(account.email) ?? sameHint?.email ?? null,
    displayName: asText(account.display_name),
    plan: asText(organization.organization_type)?.replace(PLAN_PREFIX, '') ?? null,
    rateLimitTier: asText(organization.rate_limit_tier),
  }
}
