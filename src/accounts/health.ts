/**
 * Derives the three marks of an account and its main act from recorded facts. Pure: a status is never stored, and every
 * mark carries the reason why it is so.
 */

import { DAY_MS } from '../lib/clock.ts'
import { USAGE_OLD_MS } from '../lib/usage-age.ts'
import type { AccountSummary, Custody, DataStatus, Holder, LoginStatus, OwnershipStatus } from './account-summary.ts'
import type { Reason, ReasonCode, ReasonParams } from './health-reason.ts'
import { type HeldCopy, isFollowed, otherMachine, placeName, rivalsOf } from './held-copies.ts'
import { DOUBTFUL_CODE } from './refresh-policy.ts'

/** What marks are derived from. Instants in epoch milliseconds. */
export interface HealthFacts {
  now: number
  subject: string
  organizationId: string
  profileReadAt: number | null
  profileFailure: string | null
  /** How reading its limits goes; null where its provider has no limits that can be read. */
  usage: { readAt: number | null; failure: string | null; nextReadAt: number | null } | null
  pausedAt: number | null
  custody: Custody
  hasRefreshToken: boolean
  refreshTokenFingerprint: string | null
  accessTokenExpiresAt: number | null
  loginExpiresAt: number | null
  credentialPath: string | null
  refusedAt: number | null
  refusalCode: string | null
  uncertainAt: number | null
  /** When the logins of this machine were moved away; it refreshes nothing since. */
  machineRetiredAt?: number | null
  suspectAt: number | null
  failures: number
  lastFailureCode: string | null
  nextRefreshAt: number | null
  /** The provider's CLI; null where it has none. */
  cli: string | null
  /** The machine that the followed file is on; null: this one. */
  credentialMachineId: string | null
  /** The followed file for people: with the machine before it where that is another one. */
  credentialPlace: string | null
  /** Every credential file that was looked at, of the machine that the followed one is on. */
  files: readonly ObservedFile[]
  /** Every copy that is known of, on all machines. */
  copies: readonly HeldCopy[]
}

/** What was last seen in a credential file. */
export interface ObservedFile {
  path: string
  state: string
  subject: string | null
  organizationId: string | null
  email: string | null
  refreshTokenFingerprint: string | null
}

export interface Health {
  login: { status: LoginStatus; reason: Reason }
  data: { status: DataStatus; reason: Reason }
  ownership: { status: OwnershipStatus; reason: Reason; holders: Holder[] }
  mainAction: AccountSummary['mainAction']
}

/** The end of a login is announced this long before. */
export const LOGIN_END_WARNING_MS = 7 * DAY_MS
/** So many doubtful answers in a row, which take most of a day, and an access token so long over: the login is given up. */
export const DOUBTFUL_ANSWERS = 12
export const DOUBTFUL_MS = DAY_MS
/** A profile is read daily; half a day late it counts as old. */
export const PROFILE_OLD_MS = 1.5 * DAY_MS

/**
 * The marks of one account.
 *
 * Errors: none; total
 */
export function deriveHealth(facts: HealthFacts): Health {
  const login = LOGIN[facts.custody](facts)
  const ownership = deriveOwnership(facts)
  return { login, data: deriveData(facts), ownership, mainAction: mainAction(login, ownership.status) }
}

type LoginMark = Health['login']

const LOGIN: Record<Custody, (facts: HealthFacts) => LoginMark> = {
  dashboard: deriveDashboardLogin,
  cli: deriveCliLogin,
  none: deriveUnrefreshedLogin,
}

function deriveDashboardLogin(facts: HealthFacts): LoginMark {
  const { now, nextRefreshAt, accessTokenExpiresAt: expiresAt, loginExpiresAt } = facts
  if (facts.refusedAt !== null) return refused(facts)
  if (isPast(loginExpiresAt, now)) return mark('sign_in_again', 'login_period_over', { loginExpiresAt })
  if (!facts.hasRefreshToken) return deriveUnrefreshedLogin(facts)
  if (facts.machineRetiredAt)
    return mark('sign_in_again', 'login_machine_retired', { retiredAt: facts.machineRetiredAt })
  if (facts.suspectAt !== null) {
    const { suspectAt } = facts
    return mark('unknown_outcome', 'login_suspect', { suspectAt, nextRefreshAt, expiresAt })
  }
  if (facts.uncertainAt !== null) {
    return mark('unknown_outcome', 'login_unknown_outcome', {
      uncertainAt: facts.uncertainAt,
      nextRefreshAt,
      expiresAt,
    })
  }
  if (facts.pausedAt !== null) return mark('valid', 'login_paused', { expiresAt })
  if (facts.failures > 0) {
    const { failures, lastFailureCode } = facts
    if (isGivenUp(facts)) return mark('sign_in_again', 'login_not_found', { failures, expiresAt, nextRefreshAt })
    if (lastFailureCode === 'cli_lock_busy' || lastFailureCode === 'cli_lock_refused')
      return mark('retrying', 'login_cli_busy', { nextRefreshAt, expiresAt })
    return mark('retrying', 'login_retrying', { failures, lastFailureCode, nextRefreshAt, expiresAt })
  }
  if (isPast(loginExpiresAt, now + LOGIN_END_WARNING_MS))
    return mark('ends_soon', 'login_ends_soon', { loginExpiresAt })
  if (isPast(expiresAt, now) || isPast(nextRefreshAt, now)) return mark('valid', 'login_due', { nextRefreshAt })
  return mark('valid', 'login_valid', { expiresAt, nextRefreshAt })
}

/** Nobody said that the login is over; but what has been said for so long, and its silence, leave a person one way on. */
function isGivenUp({ now, failures, lastFailureCode, accessTokenExpiresAt: expiresAt }: HealthFacts): boolean {
  return lastFailureCode === DOUBTFUL_CODE && failures >= DOUBTFUL_ANSWERS && isPast(expiresAt, now - DOUBTFUL_MS)
}

function deriveCliLogin(facts: HealthFacts): LoginMark {
  const { now, credentialPlace: path, accessTokenExpiresAt: expiresAt, loginExpiresAt } = facts
  const file = facts.files.find((observed) => observed.path === facts.credentialPath)
  if (file?.state === 'missing') return mark('sign_in_again', 'login_file_missing', { path })
  // The CLI ended the login in its file, or went over to another way of keeping one.
  if (file && ENDED_STATES.has(file.state)) return mark('sign_in_again', 'login_ended_cli', { path })
  if (file && isOtherAccount(file, facts)) {
    return mark('sign_in_again', 'login_file_other_account', { path, email: file.email })
  }
  if (facts.refusedAt !== null) return refused(facts)
  if (isPast(loginExpiresAt, now)) return mark('sign_in_again', 'login_period_over', { loginExpiresAt })
  if (!facts.hasRefreshToken) return deriveUnrefreshedLogin(facts)
  if (isPast(loginExpiresAt, now + LOGIN_END_WARNING_MS))
    return mark('ends_soon', 'login_ends_soon', { loginExpiresAt })
  if (isPast(expiresAt, now)) return mark('valid', 'login_expired_cli', { expiresAt, path })
  return mark('valid', 'login_valid_cli', { expiresAt, path })
}

const ENDED_STATES = new Set(['blanked', 'api_key', 'keyring'])

function isOtherAccount(file: ObservedFile, { subject, organizationId }: HealthFacts): boolean {
  if (file.state !== 'live' || file.subject === null) return false
  return file.subject !== subject || (file.organizationId ?? '') !== organizationId
}

function deriveUnrefreshedLogin(facts: HealthFacts): LoginMark {
  const { now, accessTokenExpiresAt: expiresAt } = facts
  if (facts.refusedAt !== null) return refused(facts)
  if (expiresAt === null) return mark('valid', 'login_valid_unknown_end')
  if (expiresAt <= now) return mark('sign_in_again', 'login_token_expired', { expiresAt })
  if (expiresAt <= now + LOGIN_END_WARNING_MS) return mark('ends_soon', 'login_token_ends_soon', { expiresAt })
  return mark('valid', 'login_valid_no_refresh', { expiresAt })
}

function refused({ refusedAt, refusalCode, uncertainAt, suspectAt }: HealthFacts): LoginMark {
  if (refusalCode === 'key_reset') return mark('sign_in_again', 'login_key_reset', { refusedAt })
  if (refusalCode === 'moved_away') return mark('sign_in_again', 'login_moved_away', { refusedAt })
  if (refusalCode === 'not_restored') return mark('sign_in_again', 'login_not_restored', { refusedAt })
  if (suspectAt !== null) return mark('sign_in_again', 'login_suspect_refused', { suspectAt, refusedAt })
  if (uncertainAt !== null) return mark('sign_in_again', 'login_outcome_lost', { refusedAt })
  return mark('sign_in_again', 'login_refused', { refusedAt, refusalCode })
}

function deriveData(facts: HealthFacts): Health['data'] {
  if (facts.profileFailure === 'identity_taken') return mark('never_read', 'data_other_account')
  const { usage, now } = facts
  if (usage === null || (usage.readAt === null && usage.failure === null)) return deriveProfile(facts)
  const { readAt, failure, nextReadAt } = usage
  if (failure === 'not_permitted') return mark('not_permitted', 'data_not_permitted')
  if (readAt === null) return mark('never_read', 'data_usage_never_read', { failure, nextReadAt })
  if (now - readAt > USAGE_OLD_MS) return mark('old', 'data_usage_old', { readAt, failure, nextReadAt })
  return mark('fresh', 'data_usage_fresh', { readAt, nextReadAt })
}

/** Before limits were ever asked for, and where there are none, data means organisation and plan. */
function deriveProfile({ now, profileReadAt: readAt, profileFailure: failure }: HealthFacts): Health['data'] {
  if (failure === 'not_permitted') return mark('not_permitted', 'data_not_permitted')
  if (readAt === null) return mark('never_read', 'data_never_read', { failure })
  if (failure !== null || now - readAt > PROFILE_OLD_MS) return mark('old', 'data_old', { readAt, failure })
  return mark('fresh', 'data_fresh', { readAt })
}

function deriveOwnership(facts: HealthFacts): Health['ownership'] {
  const { custody, credentialPath, credentialPlace: path, cli } = facts
  const ours = facts.copies.filter(({ holds }) => holds !== 'separate')
  const mayRefresh = custody === 'dashboard' && facts.hasRefreshToken
  const own: Holder = { kind: 'dashboard', path: null, machine: null, holds: 'current', mayRefresh }
  if (custody === 'none') {
    return { ...mark('nobody', 'owner_nobody'), holders: [own, ...ours.map(holderOf)] }
  }
  const followed =
    custody === 'cli' && credentialPath !== null ? { path: credentialPath, machineId: facts.credentialMachineId } : null
  const rivals = rivalsOf(ours, followed)
  const unseen: Holder[] =
    followed === null || ours.some((copy) => isFollowed(copy, followed))
      ? []
      : [{ kind: 'cli_file', path: followed.path, machine: null, holds: 'current', mayRefresh: true }]
  const holders = [own, ...unseen, ...ours.map(holderOf)]
  const [rival] = rivals.toSorted((a, b) => DANGER.indexOf(a.holds) - DANGER.indexOf(b.holds))
  if (rival) return { ...conflict(facts, rival), holders }
  if (custody === 'cli') return { ...mark('cli', 'owner_cli', { path, cli }), holders }
  return { ...mark('dashboard', 'owner_dashboard'), holders }
}

/** What of several rivals is told first. */
const DANGER: readonly HeldCopy['holds'][] = ['newer', 'current', 'older', 'unknown']

/** Whoever holds a refresh token in a file of its own may spend it, whatever was agreed on. */
function conflict({ custody, credentialPlace, cli }: HealthFacts, rival: HeldCopy) {
  const path = placeName(rival)
  if (custody === 'cli') return mark('conflict', 'owner_conflict_clis', { path, other: credentialPlace, cli })
  if (otherMachine(rival) !== null) return mark('conflict', 'owner_conflict_machine', { path, cli })
  if (rival.holds === 'current') return mark('conflict', 'owner_conflict', { path, cli })
  return mark('conflict', rival.holds === 'older' ? 'owner_conflict_older' : 'owner_conflict_newer', { path, cli })
}

function holderOf(copy: HeldCopy): Holder {
  const { kind, place: path, holds, mayRefresh } = copy
  return { kind, path, machine: otherMachine(copy), holds, mayRefresh }
}

function mainAction(login: LoginMark, ownership: OwnershipStatus): Health['mainAction'] {
  if (login.reason.code === 'login_file_other_account') return 'resolve'
  if (login.status === 'sign_in_again') return 'sign_in_again'
  if (ownership === 'conflict') return 'resolve'
  if (login.status === 'ends_soon') return 'sign_in_again'
  if (login.status === 'retrying' || login.status === 'unknown_outcome') return 'refresh'
  return null
}

/** True when there is an instant and it is not later than `now`. */
function isPast(instant: number | null, now: number): boolean {
  return instant !== null && instant <= now
}

function mark<Status extends string>(
  status: Status,
  code: ReasonCode,
  params: ReasonParams = {},
): { status: Status; reason: Reason } {
  return { status, reason: { code, params } }
}
