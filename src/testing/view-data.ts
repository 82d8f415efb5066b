/** Invented data for tests of views: accounts, sign-ins, found files, and the values that each reason needs. */

import type { AccountSummary } from '../accounts/account-summary.ts'
import type { AuthorizationView } from '../accounts/authorization-view.ts'
import type { CustodyMap, MappedCopy } from '../accounts/custody-map.ts'
import type { ReasonCode, ReasonParams } from '../accounts/health-reason.ts'
import type { ImportCandidate } from '../accounts/import-candidate.ts'
import type { Lineage } from '../accounts/lineage.ts'
import type { Revocation } from '../accounts/revocations.ts'
import type { SignOutPreview } from '../accounts/sign-out-preview.ts'
import type { ProviderChoice } from '../views/dialogs/add-account-dialog.tsx'

export const NOW = Date.UTC(2026, 10, 22, 12)
const HOUR_MS = 3_600_000
const PATH = '/home/ada/.claude/.credentials.json'

export const SOME_PROVIDERS: readonly ProviderChoice[] = [
  { id: 'claude', name: 'Claude', methods: ['paste', 'callback', 'cli_profile'], variants: [], registrationUrl: null },
  { id: 'codex', name: 'Codex', methods: ['callback', 'paste', 'device'], variants: [], registrationUrl: null },
]

export function anAccount(changes: Partial<AccountSummary> = {}): AccountSummary {
  return {
    id: 'acc_0001',
    provider: 'claude',
    providerName: 'Claude',
    label: 'Work',
    email: 'ada@example.com',
    displayName: 'Ada Example',
    subject: '11111111-1111-4111-8111-111111111111',
    organization: { id: 'org_1', name: 'Example Works' },
    plan: 'max',
    rateLimitTier: null,
    custody: 'dashboard',
    origin: 'paste',
    credentialPath: null,
    credentialMachine: null,
    scopes: ['user:profile'],
    generation: 3,
    position: 1,
    pausedAt: null,
    createdAt: NOW - 24 * HOUR_MS,
    login: {
      status: 'valid',
      reason: { code: 'login_valid', params: REASONS.login_valid },
      accessTokenExpiresAt: NOW + HOUR_MS,
      loginExpiresAt: null,
      lastProofAt: NOW - 240_000,
      nextRefreshAt: NOW + HOUR_MS,
    },
    data: { status: 'fresh', reason: { code: 'data_fresh', params: REASONS.data_fresh }, readAt: NOW },
    ownership: {
      status: 'dashboard',
      reason: { code: 'owner_dashboard', params: {} },
      holders: [{ kind: 'dashboard', path: null, machine: null, holds: 'current', mayRefresh: true }],
    },
    usage: { windows: [], readAt: null, nextReadAt: null, failure: null, credits: null, extraUsage: null },
    cli: 'claude',
    activeIn: [],
    isRefreshing: false,
    mainAction: null,
    ...changes,
  }
}

export function anAuthorization(changes: Partial<AuthorizationView> = {}): AuthorizationView {
  return {
    id: 'aut_0001',
    provider: 'codex',
    providerName: 'Codex',
    method: 'callback',
    methods: ['callback', 'paste', 'device', 'cli_profile'],
    accountId: null,
    accountName: null,
    label: null,
    authorizationUrl: 'https://auth.example/authorize?state=FAKE-STATE&client_id=fake',
    redirectUri: 'http://localhost:1455/auth/callback',
    userCode: 'ABCD-1234',
    verificationUri: 'https://auth.example/device',
    profilePath: null,
    command: 'claude auth login',
    expiresAt: NOW + 500_000,
    status: 'pending',
    stage: 'waiting',
    completedAccountId: null,
    failure: null,
    variant: null,
    portsTaken: [],
    ...changes,
  }
}

export function aCandidate(changes: Partial<ImportCandidate> = {}): ImportCandidate {
  return {
    path: PATH,
    provider: 'claude',
    kind: 'default',
    store: 'file',
    storeItem: null,
    entry: null,
    state: 'live',
    advice: 'link',
    identity: {
      subject: 's',
      organizationId: 'o',
      organizationName: 'Example Works',
      email: 'ada@example.com',
      plan: 'max',
    },
    modifiedAt: NOW - HOUR_MS,
    accessTokenExpiresAt: NOW + HOUR_MS,
    loginExpiresAt: null,
    usedBy: [],
    accountId: null,
    canLink: true,
    canTakeOver: true,
    canReadKeychain: false,
    ...changes,
  }
}

/** A sign-out that would end a CLI's login, and one on another machine, at `place`. */
export function aSignOutPreview(place: string): SignOutPreview {
  return {
    reach: 'login',
    isUncertain: true,
    copies: [
      { kind: 'cli_file', place, machine: null, usedBy: ['claude (4242)'] },
      { kind: 'cli_file', place, machine: place, usedBy: [] },
    ],
    needsSecondYes: true,
  }
}

/** Sign-outs of an account of this name: under way, given up, and confirmed late. */
export function someRevocations(accountName: string): Revocation[] {
  const known = { provider: 'claude', providerName: 'Claude', accountId: 'acc_gone', accountName, tries: 3 }
  const ended = { nextTryAt: null, givesUpAt: null, endedAt: NOW - HOUR_MS }
  return [
    {
      ...{ ...known, id: 'rev_1', status: 'pending', requestedAt: NOW - HOUR_MS, failureCode: 'http_503' },
      ...{ nextTryAt: at, givesUpAt: at, endedAt: null },
    },
    { ...known, ...ended, id: 'rev_2', status: 'not_confirmed', requestedAt: NOW - HOUR_MS, failureCode: 'http_400' },
    { ...known, ...ended, id: 'rev_3', status: 'confirmed', requestedAt: NOW - HOUR_MS, failureCode: null },
  ]
}

const at = NOW + HOUR_MS

/** Values as health gives them with each reason. */
export const REASONS: Record<ReasonCode, ReasonParams> = {
  login_valid: { expiresAt: at, nextRefreshAt: at },
  login_valid_cli: { expiresAt: at, path: PATH },
  login_valid_no_refresh: { expiresAt: at },
  login_valid_unknown_end: {},
  login_due: { nextRefreshAt: at },
  login_paused: { expiresAt: at },
  login_ends_soon: { loginExpiresAt: at },
  login_token_ends_soon: { expiresAt: at },
  login_retrying: { failures: 2, lastFailureCode: 'http_503', nextRefreshAt: at, expiresAt: at },
  login_cli_busy: { nextRefreshAt: at, expiresAt: at },
  login_unknown_outcome: { uncertainAt: NOW, nextRefreshAt: at, expiresAt: at },
  login_refused: { refusedAt: NOW, refusalCode: 'invalid_grant' },
  login_key_reset: { refusedAt: NOW },
  login_moved_away: { refusedAt: NOW },
  login_machine_retired: { retiredAt: NOW },
  login_not_restored: { refusedAt: NOW },
  login_suspect: { suspectAt: NOW, nextRefreshAt: at, expiresAt: at },
  login_suspect_refused: { suspectAt: NOW, refusedAt: NOW },
  login_outcome_lost: { refusedAt: NOW },
  login_not_found: { failures: 13, expiresAt: NOW, nextRefreshAt: NOW },
  data_other_account: {},
  login_expired_cli: { expiresAt: NOW, path: PATH },
  login_ended_cli: { path: PATH },
  login_file_missing: { path: PATH },
  login_file_other_account: { path: PATH, email: 'eve@example.com' },
  login_token_expired: { expiresAt: NOW },
  login_period_over: { loginExpiresAt: NOW },
  data_fresh: { readAt: NOW },
  data_old: { readAt: NOW, failure: 'unreachable' },
  data_not_permitted: {},
  data_never_read: { failure: null },
  data_usage_fresh: { readAt: NOW, nextReadAt: at },
  data_usage_old: { readAt: NOW, failure: 'unreachable', nextReadAt: at },
  data_usage_never_read: { failure: 'unreachable', nextReadAt: at },
  owner_dashboard: {},
  owner_cli: { path: PATH, cli: 'claude' },
  owner_nobody: {},
  owner_conflict: { path: PATH, cli: 'claude' },
  owner_conflict_older: { path: PATH, cli: 'claude' },
  owner_conflict_newer: { path: PATH, cli: 'claude' },
  owner_conflict_machine: { path: `laptop: ${PATH}`, cli: 'claude' },
  owner_conflict_clis: { path: PATH, other: PATH, cli: 'claude' },
}

/** A map with every kind of holder: in files at `place`, here and on a machine of that name, retired and away. */
export function aCustodyMap(place: string): CustodyMap {
  const desk = { id: 'mac_1', name: 'desk', isThis: true, lastSeenAt: NOW, retiredAt: null, isAway: false }
  const laptop = { ...desk, id: 'mac_2', name: place, isThis: false, retiredAt: NOW, isAway: true }
  const copy: MappedCopy = {
    ...{ kind: 'cli_file', place, machine: desk, holds: 'current', generation: 3, mayRefresh: true },
    ...{ seenAt: NOW, goneAt: null, isFollowed: false, isRival: true },
  }
  return {
    custody: 'dashboard',
    own: { generation: 3, mayRefresh: true, seenAt: NOW },
    copies: [
      copy,
      { ...copy, kind: 'profile', holds: 'older', generation: 2, machine: laptop },
      { ...copy, holds: 'newer', generation: null, isFollowed: true },
      { ...copy, kind: 'export', holds: 'unknown', mayRefresh: false, isRival: false, machine: null },
      { ...copy, kind: 'backup', holds: 'separate', generation: null, mayRefresh: true, isRival: false },
    ],
    gone: [{ ...copy, goneAt: NOW, isRival: false }],
    setAside: [{ id: 'inb_1', grantId: 'grt_1', generation: 2, reason: place, receivedAt: NOW }],
    isConflict: true,
  }
}

/** A login with every kind of beginning and end, one of each of unknown kinds. */
export function aLineage(text: string): Lineage {
  const hows = ['signed_in', 'refreshed', 'adopted', 'linked', 'taken_over', 'added', 'handed_over', 'restored', text]
  const ends = ['replaced', 'lost', 'refused', 'revoked', 'retired', 'removed', text]
  const generations = hows.map((how, index) => ({
    grantId: 'grt_1',
    generation: index + 1,
    how,
    custody: 'dashboard',
    actor: 'scheduler',
    why: text,
    at: NOW - index * HOUR_MS,
    accessTokenExpiresAt: null,
    ended: index === 0 ? null : { how: ends[index % ends.length]!, at: NOW, why: text },
  }))
  return { generations, losses: generations.slice(1) }
}

export const A_CALL = {
  at: NOW,
  endpoint: 'token',
  why: 'scheduled',
  outcome: 'interrupted',
  httpStatus: null,
  code: 'timed_out',
  durationMs: 30_000,
  budgetLeft: null,
}
