/**
 * GitHub Copilot: GitHub's authorization server with a client that the person registers there. Data, and one reader of its
 * profile.
 *
 * "Documented" = in GitHub's own documentation, 2026-11-22. "Observed" = in public programs that ask the same address; GitHub
 * says nothing about it, so nothing but the plan hangs on it.
 */

import { asId, asRecord, asText } from '../foreign-members.ts'
import type { Identity } from '../identity.ts'
import type { Provider } from '../provider.ts'
import type { TokenSet } from '../token-set.ts'

export const copilot: Provider = {
  id: 'copilot',
  name: 'GitHub Copilot',
  // None comes with the program: borrowing an editor's would be saying that we are that editor
  clientId: '',
  // Source: documented; an OAuth app or a GitHub App, with “Enable Device Flow” ticked
  clientRegistrationUrl: 'https://github.com/settings/applications/new',
  // Source: documented; not used, since a client without a secret signs in by device code
  authorizationUrl: 'https://github.com/login/oauth/authorize',
  // Source: documented
  tokenUrl: 'https://github.com/login/oauth/access_token',
  // Source: documented: ending a token needs the client's secret, which a local program has none of
  revocationUrl: null,
  // Source: documented
  profileUrl: 'https://api.github.com/user',
  // Source: observed; undocumented
  profileParts: { copilot: 'https://api.github.com/copilot_internal/user' },
  // Source: observed; undocumented
  usageUrl: 'https://api.github.com/copilot_internal/user',
  // Undocumented: what GitHub's own editors read, and it may end without notice
  usageFormat: 'copilot',
  usageHeaders: {},
  usageOrganizationHeader: null,
  issuer: null,
  // Source: documented; a GitHub App has permissions of its own and answers without scopes
  scopes: ['read:user'],
  authorizationParams: {},
  customHeaders: {},
  methods: ['device'],
  callback: null,
  pasteRedirectUri: null,
  // Source: documented: RFC 8628, errors with status 200
  device: {
    shape: 'standard',
    authorizationUrl: 'https://github.com/login/device/code',
    tokenUrl: 'https://github.com/login/oauth/access_token',
    verificationUri: 'https://github.com/login/device',
  },
  // Source: documented; a login by device code is refreshed without the client's secret
  tokenRequest: { exchange: 'form', refresh: 'form', revocation: 'form', stateInExchange: false },
  refreshConcurrency: 2,
  signInNotice: null,
  cli: null,
  profileScope: null,
  // Source: documented
  profileHeaders: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
  readIdentity: readCopilotIdentity,
}

/**
 * The GitHub user, and the plan where the undocumented address tells one.
 *
 * Errors: none; null when there is no user
 * Source: documented: `id` stays when `login` changes. Observed: `copilot_plan`, such as `individual` or `business`
 */
function readCopilotIdentity(_tokens: TokenSet, profile: unknown): Identity | null {
  const user = asRecord(profile)
  const subject = asId(user.id)
  if (subject === null) return null
  const copilotUser = asRecord(user.copilot)
  return {
    subject,
    organizationId: '',
    organizationName: null,
    email: asText(user.email) ?? noreplyAddress(subject, asText(user.login)),
    displayName: asText(user.name) ?? asText(user.login),
    plan: asText(copilotUser.copilot_plan),
    rateLimitTier: asText(copilotUser.access_type_sku),
  }
}

/** Many people keep their e-mail private. Source: documented: the address that GitHub gives every user for commits */
function noreplyAddress(id: string, login: string | null): string | null {
  return login && `${id}+${login}@users.noreply.github.com`
}
