/** Every reason there is, each from the facts that bring it about. */

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS } from '../lib/clock.ts'
import { USAGE_OLD_MS } from '../lib/usage-age.ts'
import { TEST_NOW as T } from '../testing/fake-clock.ts'
import {
  DOUBTFUL_ANSWERS,
  DOUBTFUL_MS,
  deriveHealth,
  type HealthFacts,
  LOGIN_END_WARNING_MS,
  type ObservedFile,
  PROFILE_OLD_MS,
} from './health.ts'
import type { HeldCopy } from './held-copies.ts'

const PATH = '/home/ada/.claude/.credentials.json'

const file = (changes: Partial<ObservedFile> = {}): ObservedFile => ({
  path: PATH,
  state: 'live',
  subject: 'ada',
  organizationId: 'works',
  email: 'ada@example.com',
  refreshTokenFingerprint: 'fp-cli',
  ...changes,
})

const HERE = { id: 'here', name: 'desk', isThis: true, lastSeenAt: T, retiredAt: null, isAway: false }
const LAPTOP = { ...HERE, id: 'mac_2', name: 'laptop', isThis: false }

const copy = (changes: Partial<HeldCopy> = {}): HeldCopy => ({
  ...{ kind: 'cli_file', place: PATH, machine: HERE, holds: 'current', generation: 1 },
  ...{ mayRefresh: true, seenAt: T, goneAt: null },
  ...changes,
})

const facts = (changes: Partial<HealthFacts> = {}): HealthFacts => ({
  now: T,
  subject: 'ada',
  organizationId: 'works',
  profileReadAt: T - HOUR_MS,
  profileFailure: null,
  usage: null,
  pausedAt: null,
  custody: 'dashboard',
  hasRefreshToken: true,
  refreshTokenFingerprint: 'fp-own',
  accessTokenExpiresAt: T + 8 * HOUR_MS,
  loginExpiresAt: null,
  credentialPath: null,
  credentialPlace: null,
  credentialMachineId: null,
  copies: [],
  refusedAt: null,
  refusalCode: null,
  uncertainAt: null,
  suspectAt: null,
  failures: 0,
  lastFailureCode: null,
  nextRefreshAt: T + 7 * HOUR_MS,
  cli: 'claude',
  files: [],
  ...changes,
})

const cli = (changes: Partial<HealthFacts> = {}) =>
  facts({
    ...{ custody: 'cli', credentialPath: PATH, credentialPlace: PATH, nextRefreshAt: null, files: [file()] },
    ...changes,
  })
const none = (changes: Partial<HealthFacts> = {}) =>
  facts({ custody: 'none', hasRefreshToken: false, refreshTokenFingerprint: null, nextRefreshAt: null, ...changes })

const notFound = (changes: Partial<HealthFacts> = {}) =>
  facts({
    ...{ failures: DOUBTFUL_ANSWERS, lastFailureCode: 'not_found', accessTokenExpiresAt: T - DOUBTFUL_MS },
    ...changes,
  })

type Case = [reason: string, status: string, action: string | null, facts: HealthFacts]

const LOGINS: Case[] = [
  ['login_valid', 'valid', null, facts()],
  ['login_valid', 'valid', null, facts({ loginExpiresAt: T + LOGIN_END_WARNING_MS + 1 })],
  ['login_ends_soon', 'ends_soon', 'sign_in_again', facts({ loginExpiresAt: T + LOGIN_END_WARNING_MS })],
  ['login_ends_soon', 'ends_soon', 'sign_in_again', facts({ loginExpiresAt: T + 1 })],
  ['login_period_over', 'sign_in_again', 'sign_in_again', facts({ loginExpiresAt: T })],
  ['login_due', 'valid', null, facts({ nextRefreshAt: T })],
  ['login_valid', 'valid', null, facts({ nextRefreshAt: T + 1 })],
  ['login_due', 'valid', null, facts({ accessTokenExpiresAt: T, nextRefreshAt: T + 1 })],
  ['login_paused', 'valid', null, facts({ pausedAt: T - 1, nextRefreshAt: null })],
  ['login_retrying', 'retrying', 'refresh', facts({ failures: 2, lastFailureCode: 'unreachable' })],
  ['login_cli_busy', 'retrying', 'refresh', facts({ failures: 1, lastFailureCode: 'cli_lock_busy' })],
  ['login_cli_busy', 'retrying', 'refresh', facts({ failures: 1, lastFailureCode: 'cli_lock_refused' })],
  ['login_not_found', 'sign_in_again', 'sign_in_again', notFound()],
  ['login_retrying', 'retrying', 'refresh', notFound({ failures: DOUBTFUL_ANSWERS - 1 })],
  ['login_retrying', 'retrying', 'refresh', notFound({ accessTokenExpiresAt: T - DOUBTFUL_MS + 1 })],
  ['login_retrying', 'retrying', 'refresh', notFound({ lastFailureCode: 'server_error' })],
  ['login_unknown_outcome', 'unknown_outcome', 'refresh', facts({ failures: 1, uncertainAt: T - 1 })],
  ['login_suspect', 'unknown_outcome', 'refresh', facts({ suspectAt: T })],
  [
    'login_suspect_refused',
    'sign_in_again',
    'sign_in_again',
    facts({ suspectAt: T, refusedAt: T, refusalCode: 'invalid_grant', uncertainAt: T }),
  ],
  ['login_refused', 'sign_in_again', 'sign_in_again', facts({ refusedAt: T, refusalCode: 'invalid_grant' })],
  ['login_key_reset', 'sign_in_again', 'sign_in_again', facts({ refusedAt: T, refusalCode: 'key_reset' })],
  ['login_moved_away', 'sign_in_again', 'sign_in_again', facts({ refusedAt: T, refusalCode: 'moved_away' })],
  ['login_not_restored', 'sign_in_again', 'sign_in_again', facts({ refusedAt: T, refusalCode: 'not_restored' })],
  ['login_machine_retired', 'sign_in_again', 'sign_in_again', facts({ machineRetiredAt: T })],
  ['login_outcome_lost', 'sign_in_again', 'sign_in_again', facts({ refusedAt: T, uncertainAt: T - 1 })],
  ['login_token_expired', 'sign_in_again', 'sign_in_again', facts({ hasRefreshToken: false, accessTokenExpiresAt: T })],
  ['login_valid_cli', 'valid', null, cli()],
  ['login_valid_cli', 'valid', null, cli({ files: [] })],
  ['login_valid_cli', 'valid', null, cli({ files: [file({ state: 'torn', subject: null })] })],
  ['login_expired_cli', 'valid', null, cli({ accessTokenExpiresAt: T })],
  ['login_ends_soon', 'ends_soon', 'sign_in_again', cli({ loginExpiresAt: T + DAY_MS })],
  ['login_period_over', 'sign_in_again', 'sign_in_again', cli({ loginExpiresAt: T })],
  ['login_refused', 'sign_in_again', 'sign_in_again', cli({ refusedAt: T })],
  [
    'login_token_expired',
    'sign_in_again',
    'sign_in_again',
    cli({ hasRefreshToken: false, accessTokenExpiresAt: T - 1 }),
  ],
  ['login_file_missing', 'sign_in_again', 'sign_in_again', cli({ files: [file({ state: 'missing' })] })],
  ['login_ended_cli', 'sign_in_again', 'sign_in_again', cli({ files: [file({ state: 'blanked' })] })],
  ['login_ended_cli', 'sign_in_again', 'sign_in_again', cli({ files: [file({ state: 'keyring' })] })],
  ['login_file_other_account', 'sign_in_again', 'resolve', cli({ files: [file({ subject: 'brook' })] })],
  ['login_file_other_account', 'sign_in_again', 'resolve', cli({ files: [file({ organizationId: 'other' })] })],
  ['login_valid_no_refresh', 'valid', null, none({ accessTokenExpiresAt: T + LOGIN_END_WARNING_MS + 1 })],
  ['login_token_ends_soon', 'ends_soon', 'sign_in_again', none({ accessTokenExpiresAt: T + LOGIN_END_WARNING_MS })],
  ['login_token_ends_soon', 'ends_soon', 'sign_in_again', none({ accessTokenExpiresAt: T + 1 })],
  ['login_token_expired', 'sign_in_again', 'sign_in_again', none({ accessTokenExpiresAt: T })],
  ['login_valid_unknown_end', 'valid', null, none({ accessTokenExpiresAt: null })],
  ['login_refused', 'sign_in_again', 'sign_in_again', none({ refusedAt: T, refusalCode: 'rejected_token' })],
]

const DATA: [reason: string, status: string, facts: HealthFacts][] = [
  ['data_fresh', 'fresh', facts({ profileReadAt: T - PROFILE_OLD_MS })],
  ['data_old', 'old', facts({ profileReadAt: T - PROFILE_OLD_MS - 1 })],
  ['data_old', 'old', facts({ profileFailure: 'server_error' })],
  ['data_not_permitted', 'not_permitted', facts({ profileReadAt: null, profileFailure: 'not_permitted' })],
  ['data_never_read', 'never_read', facts({ profileReadAt: null })],
  ['data_fresh', 'fresh', facts({ usage: { readAt: null, failure: null, nextReadAt: T } })],
  ['data_usage_fresh', 'fresh', facts({ usage: { readAt: T - USAGE_OLD_MS, failure: 'held', nextReadAt: T } })],
  ['data_usage_old', 'old', facts({ usage: { readAt: T - USAGE_OLD_MS - 1, failure: null, nextReadAt: T } })],
  ['data_usage_never_read', 'never_read', facts({ usage: { readAt: null, failure: 'blocked', nextReadAt: T } })],
  ['data_not_permitted', 'not_permitted', facts({ usage: { readAt: T, failure: 'not_permitted', nextReadAt: null } })],
  ['data_other_account', 'never_read', facts({ profileReadAt: null, profileFailure: 'identity_taken' })],
]

const OWNERS: [reason: string, status: string, action: string | null, facts: HealthFacts][] = [
  ['owner_dashboard', 'dashboard', null, facts()],
  ['owner_dashboard', 'dashboard', null, facts({ files: [file()] })],
  ['owner_dashboard', 'dashboard', null, facts({ copies: [] })],
  ['owner_dashboard', 'dashboard', null, facts({ copies: [copy({ holds: 'separate' })] })],
  ['owner_dashboard', 'dashboard', null, facts({ copies: [copy({ kind: 'export', mayRefresh: false })] })],
  ['owner_conflict', 'conflict', 'resolve', facts({ copies: [copy()] })],
  ['owner_conflict_older', 'conflict', 'resolve', facts({ copies: [copy({ holds: 'older' })] })],
  ['owner_conflict_newer', 'conflict', 'resolve', facts({ copies: [copy({ holds: 'newer' })] })],
  ['owner_conflict_newer', 'conflict', 'resolve', facts({ copies: [copy({ holds: 'unknown' })] })],
  ['owner_conflict_newer', 'conflict', 'resolve', facts({ copies: [copy(), copy({ holds: 'newer' })] })],
  ['owner_conflict_machine', 'conflict', 'resolve', facts({ copies: [copy({ machine: LAPTOP })] })],
  [
    'owner_conflict_clis',
    'conflict',
    'resolve',
    cli({ copies: [copy(), copy({ place: '/home/ada/other/auth.json' })] }),
  ],
  // Two machines may have the same paths.
  ['owner_conflict_clis', 'conflict', 'resolve', cli({ copies: [copy(), copy({ machine: LAPTOP })] })],
  ['owner_cli', 'cli', null, cli({ copies: [copy({ holds: 'older' })] })],
  ['owner_cli', 'cli', null, cli()],
  ['owner_nobody', 'nobody', null, none({ accessTokenExpiresAt: null })],
  [
    'owner_nobody',
    'nobody',
    null,
    none({ accessTokenExpiresAt: null, files: [file({ refreshTokenFingerprint: null })] }),
  ],
]

describe('deriveHealth', () => {
  test.each(LOGINS)('login: %s is %s, act %s', (code, status, action, given) => {
    const { login, mainAction } = deriveHealth(given)
    expect([login.reason.code, login.status, mainAction]).toEqual([code, status, action])
  })

  test.each(DATA)('data: %s is %s', (code, status, given) => {
    const { data } = deriveHealth(given)
    expect([data.reason.code, data.status]).toEqual([code, status])
  })

  test.each(OWNERS)('ownership: %s is %s, act %s', (code, status, action, given) => {
    const { ownership, mainAction } = deriveHealth(given)
    expect([ownership.reason.code, ownership.status, mainAction]).toEqual([code, status, action])
  })

  test('a dead login comes before a conflict', () => {
    const given = facts({ refusedAt: T, copies: [copy()] })
    expect(deriveHealth(given).mainAction).toBe('sign_in_again')
  })

  test('holders: everybody with a copy, and whether they may refresh', () => {
    const given = [copy({ holds: 'older' }), copy({ kind: 'profile', place: '/p', machine: LAPTOP })]
    const conflict = facts({ copies: given.concat(copy({ holds: 'separate' })) })
    const own = { kind: 'dashboard', path: null, machine: null, holds: 'current' }
    expect(deriveHealth(conflict).ownership.holders).toEqual([
      { ...own, mayRefresh: true },
      { kind: 'cli_file', path: PATH, machine: null, holds: 'older', mayRefresh: true },
      { kind: 'profile', path: '/p', machine: 'laptop', holds: 'current', mayRefresh: true },
    ])
    expect(deriveHealth(cli({ files: [] })).ownership.holders).toEqual([
      { ...own, mayRefresh: false },
      { kind: 'cli_file', path: PATH, machine: null, holds: 'current', mayRefresh: true },
    ])
  })

  test('every reason has its case here', () => {
    const source = readFileSync(new URL('./health-reason.ts', import.meta.url), 'utf8')
    const codes = source.slice(source.indexOf('type ReasonCode ='))
    const all = [...codes.matchAll(/^ {2}\| '((?:login|data|owner)_\w+)'/gm)].map(([, code]) => code)
    const covered = new Set([...LOGINS, ...DATA, ...OWNERS].map(([code]) => code))
    expect(all.length).toBeGreaterThan(20)
    expect(all.filter((code) => !covered.has(code!))).toEqual([])
  })
})
