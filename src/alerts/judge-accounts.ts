/**
 * Holds the rules against what is known of the accounts now. Says of each rule whether it is so, is not so, or cannot be told;
 * what to make of that, and what was told before, it does not know. Pure.
 */

import type { AccountSummary } from '../accounts/account-summary.ts'
import type { WindowOfAccount } from '../accounts/usage-of-account.ts'
import { DAY_MS, MINUTE_MS } from '../lib/clock.ts'
import { USAGE_OLD_MS } from '../lib/usage-age.ts'
import type { AlertKind, AlertRules } from './alert-rules.ts'

/** States that pass by themselves within moments, such as a file that is being replaced, are no news. */
const SETTLE_MS = MINUTE_MS
/** A reading that failed is tried again after ten minutes: several accounts that fail twice are no chance. */
const TROUBLE_SETTLE_MS = 15 * MINUTE_MS
/** Accounts of a provider that must be in trouble: so many, and so large a share. */
const TROUBLED_ACCOUNTS = 2
const TROUBLED_SHARE = 0.5
/** Without a known reset, a window counts as begun anew when its use fell this far below a threshold; percent. */
const FELL_BY = 10

/** Failures that come from the provider or the way to it, not from this account or this program. */
const OF_PROVIDER =
  /^(rate_limited|held|blocked|not_a_reading|http_\d+|server_error|unreachable|timed_out|tls_failed|interrupted|redirected|too_large|unexpected.*)$/

/** What a rule found. */
export interface Judgement {
  /** Names the rule and what it looks at; the same for every process. */
  ruleKey: string
  kind: AlertKind
  /** The account, or the provider. */
  subject: string
  provider: string
  accountId: string | null
  windowId: string | null
  threshold: number | null
  /** Null: it cannot be told now. */
  isSo: boolean | null
  /** No more so: the rule may be armed again. Without a period this is the opposite of `isSo`. */
  isOver: boolean
  /** The end of what this belongs to; epoch milliseconds. */
  periodEndsAt: number | null
  /** How long it must have been so before it is told. */
  settleMs: number
  /** Of the rules of one group that find something at once, only the most severe is told. */
  group: string
  severity: number
  details: Record<string, string | number | null>
}

/** Accounts that are judged in one go: about a thousand judgements. */
const PART = 200

/** Holds rules against accounts that come one after another. */
export interface Judge {
  /** Every rule about one account, in parts between which others can have their turn. */
  ofAccounts(accounts: readonly AccountSummary[]): Generator<Judgement[]>
  /** The rules about providers, once all their accounts were judged. */
  ofProviders(): Judgement[]
}

/** A judge with these rules. `now` in epoch milliseconds. */
export function createJudge(rules: AlertRules, now: number): Judge {
  const troubles = new Map<string, Trouble>()
  return {
    *ofAccounts(accounts) {
      const active = accounts.filter(({ pausedAt }) => pausedAt === null)
      for (let start = 0; start < active.length; start += PART) {
        const part = active.slice(start, start + PART)
        for (const account of part) noteTrouble(troubles, account)
        yield part.flatMap((account) => [
          ...judgeWindows(account, rules, now),
          ...judgeLoginEnd(account, rules, now),
          ...judgeState(account, rules),
        ])
      }
    },
    ofProviders: () => (rules.kinds.provider_trouble ? [...troubles].map(judgeProvider) : []),
  }
}

type Parts = Pick<Judgement, 'kind' | 'isSo' | 'isOver' | 'details'> & Partial<Judgement>

function judgement({ id, provider }: Pick<AccountSummary, 'id' | 'provider'>, parts: Parts): Judgement {
  const { kind, windowId = null, threshold = null } = parts
  return {
    ...{ subject: id, provider, accountId: id, windowId, threshold, periodEndsAt: null, settleMs: 0 },
    ...{ group: `${kind} ${id} ${windowId ?? ''}`, severity: 0 },
    ...parts,
    ruleKey: [kind, id, windowId ?? '', threshold ?? ''].join('|'),
  }
}

function judgeWindows(account: AccountSummary, { kinds, usageThresholds }: AlertRules, now: number): Judgement[] {
  const { readAt, windows } = account.usage
  const isFresh = readAt !== null && now - readAt <= USAGE_OLD_MS
  return windows.flatMap((window) => {
    const isKnown = isFresh && window.usedFraction !== null
    const period = { windowId: window.id, periodEndsAt: window.resetsAt, details: windowDetails(window) }
    const uses = usageThresholds.map((threshold) => {
      const percent = percentOf(window)
      return judgement(account, {
        ...{ kind: 'usage', threshold, severity: threshold, ...period },
        isSo: isKnown ? window.isActive && percent >= threshold : null,
        isOver: isKnown && (window.resetsAt === null ? percent < threshold - FELL_BY : percent < threshold),
      })
    })
    const { forecast } = window
    const runsOut = forecast?.kind === 'runs_out' && forecast.latest !== null ? forecast : null
    const isBefore = runsOut !== null && window.resetsAt !== null && runsOut.latest! < window.resetsAt
    const foretold = judgement(account, {
      ...{ kind: 'forecast', ...period },
      details: {
        ...period.details,
        ...(runsOut && { runsOutAt: runsOut.at, earliestAt: runsOut.earliest, latestAt: runsOut.latest }),
      },
      isSo: isKnown ? window.isActive && isBefore && percentOf(window) < 100 : null,
      isOver: isKnown && !isBefore,
    })
    return [...(kinds.usage ? uses : []), ...(kinds.forecast ? [foretold] : [])]
  })
}

/** Percent as people see thresholds; free of what binary fractions leave over. */
function percentOf({ usedFraction }: WindowOfAccount): number {
  return Math.round((usedFraction ?? 0) * 1e6) / 1e4
}

function windowDetails(window: WindowOfAccount) {
  const { kind, label, durationMs, resetsAt } = window
  return {
    windowKind: kind,
    windowLabel: label,
    windowMs: durationMs,
    percent: Math.floor(percentOf(window)),
    resetsAt,
  }
}

function judgeLoginEnd(account: AccountSummary, { kinds, loginEndDays }: AlertRules, now: number): Judgement[] {
  if (!kinds.login_ends_soon) return []
  const { login, custody } = account
  const endsAt = custody === 'none' ? login.accessTokenExpiresAt : login.loginExpiresAt
  return loginEndDays.map((days) => {
    const isSo = login.status !== 'sign_in_again' && endsAt !== null && endsAt > now && endsAt - now <= days * DAY_MS
    return judgement(account, {
      ...{ kind: 'login_ends_soon', threshold: days, severity: -days, periodEndsAt: endsAt },
      ...{ isSo, isOver: !isSo, settleMs: SETTLE_MS, details: { endsAt } },
    })
  })
}

function judgeState(account: AccountSummary, { kinds }: AlertRules): Judgement[] {
  const { login, ownership } = account
  const needsSignIn = login.status === 'sign_in_again'
  const isConflict = ownership.status === 'conflict'
  const state = (kind: AlertKind, isSo: boolean, reason: string) =>
    judgement(account, { kind, isSo, isOver: !isSo, settleMs: SETTLE_MS, details: { reason } })
  return [
    ...(kinds.sign_in_needed ? [state('sign_in_needed', needsSignIn, login.reason.code)] : []),
    ...(kinds.conflict ? [state('conflict', isConflict, ownership.reason.code)] : []),
  ]
}

/** How many accounts of a provider there are, how many of them fail, and why the first of these does. */
type Trouble = { failing: number; accounts: number; code: string | null }

function noteTrouble(troubles: Map<string, Trouble>, account: AccountSummary): void {
  const trouble = troubles.get(account.provider) ?? { failing: 0, accounts: 0, code: null }
  troubles.set(account.provider, trouble)
  trouble.accounts += 1
  if (!isInTrouble(account)) return
  if (trouble.failing === 0) trouble.code = codeOf(account)
  trouble.failing += 1
}

function judgeProvider([provider, trouble]: [provider: string, trouble: Trouble]): Judgement {
  const { failing, accounts } = trouble
  const isSo = failing >= TROUBLED_ACCOUNTS && failing >= accounts * TROUBLED_SHARE
  const found = { isSo, isOver: !isSo, settleMs: TROUBLE_SETTLE_MS, details: trouble }
  return { ...judgement({ id: provider, provider }, { kind: 'provider_trouble', ...found }), accountId: null }
}

function isInTrouble({ login, usage }: AccountSummary): boolean {
  if (login.status === 'retrying' || login.status === 'unknown_outcome') return true
  return usage.failure !== null && OF_PROVIDER.test(usage.failure)
}

function codeOf({ login, usage }: AccountSummary): string | null {
  const { lastFailureCode } = login.reason.params
  return login.status === 'retrying' && typeof lastFailureCode === 'string' ? lastFailureCode : usage.failure
}
