/**
 * Why a mark is as it is, in sentences: what was seen, what it means, what happens next, what the person can do.
 * The same on pages, in the API and on the command line.
 */

import type { Reason, ReasonCode } from '../accounts/health-reason.ts'
import type { Language } from './languages.ts'
import { en } from './reasons/en.ts'
import { ja } from './reasons/ja.ts'
import { ko } from './reasons/ko.ts'
import { zh } from './reasons/zh.ts'
import { fillTemplate } from './template.ts'

/** What happens by itself after this. */
export type NextStep =
  | 'refresh_planned' // {nextRefreshAt}
  | 'retry_planned' // {nextRefreshAt}
  | 'cli_refreshes' // {path}
  | 'nothing'
  | 'profile_planned'
  | 'limits_planned' // {nextReadAt}
  | 'file_watched'

/** What the person can do. */
export type Advice =
  | 'nothing'
  | 'sign_in_again'
  | 'refresh_or_wait'
  | 'resume'
  | 'use_cli' // {path}
  | 'sign_in_with_cli' // {path}
  | 'paste_new_token'
  | 'link_or_remove'
  | 'wider_sign_in'
  | 'remove_one'
  | 'resolve_copy' // {path}
  | 'resolve_copy_elsewhere' // {path}

/** The texts of one language. `codes`: title, what was seen, what it means. */
export interface ReasonTexts {
  codes: Record<ReasonCode, readonly [title: string, seen: string, meaning: string]>
  next: Record<NextStep, string>
  advice: Record<Advice, string>
}

const TEXTS: Record<Language, ReasonTexts> = { en, ja, zh, ko }

/** Which next step and which advice go with each reason. */
const STEPS: Record<ReasonCode, readonly [NextStep, Advice]> = {
  login_valid: ['refresh_planned', 'nothing'],
  login_valid_cli: ['cli_refreshes', 'nothing'],
  login_valid_no_refresh: ['nothing', 'nothing'],
  login_valid_unknown_end: ['nothing', 'nothing'],
  login_due: ['refresh_planned', 'nothing'],
  login_paused: ['nothing', 'resume'],
  login_ends_soon: ['refresh_planned', 'sign_in_again'],
  login_token_ends_soon: ['nothing', 'paste_new_token'],
  login_retrying: ['retry_planned', 'refresh_or_wait'],
  login_cli_busy: ['retry_planned', 'resolve_copy'],
  login_not_found: ['retry_planned', 'sign_in_again'],
  login_unknown_outcome: ['retry_planned', 'refresh_or_wait'],
  login_refused: ['nothing', 'sign_in_again'],
  login_key_reset: ['nothing', 'sign_in_again'],
  login_moved_away: ['nothing', 'sign_in_again'],
  login_machine_retired: ['nothing', 'sign_in_again'],
  login_not_restored: ['nothing', 'sign_in_again'],
  login_outcome_lost: ['nothing', 'sign_in_again'],
  login_suspect: ['retry_planned', 'refresh_or_wait'],
  login_suspect_refused: ['nothing', 'sign_in_again'],
  login_expired_cli: ['cli_refreshes', 'use_cli'],
  login_ended_cli: ['file_watched', 'sign_in_with_cli'],
  login_file_missing: ['file_watched', 'sign_in_with_cli'],
  login_file_other_account: ['file_watched', 'link_or_remove'],
  login_token_expired: ['nothing', 'paste_new_token'],
  login_period_over: ['nothing', 'sign_in_again'],
  data_fresh: ['profile_planned', 'nothing'],
  data_old: ['profile_planned', 'nothing'],
  data_not_permitted: ['nothing', 'wider_sign_in'],
  data_never_read: ['profile_planned', 'nothing'],
  data_usage_fresh: ['limits_planned', 'nothing'],
  data_usage_old: ['limits_planned', 'nothing'],
  data_usage_never_read: ['limits_planned', 'nothing'],
  data_other_account: ['nothing', 'remove_one'],
  owner_dashboard: ['nothing', 'nothing'],
  owner_cli: ['file_watched', 'nothing'],
  owner_nobody: ['nothing', 'nothing'],
  owner_conflict: ['file_watched', 'resolve_copy'],
  owner_conflict_older: ['file_watched', 'resolve_copy'],
  owner_conflict_newer: ['file_watched', 'resolve_copy'],
  owner_conflict_machine: ['nothing', 'resolve_copy_elsewhere'],
  owner_conflict_clis: ['file_watched', 'resolve_copy'],
}

/** The instants that planned steps name. */
const PLANS: Partial<Record<NextStep, string>> = {
  refresh_planned: 'nextRefreshAt',
  retry_planned: 'nextRefreshAt',
  limits_planned: 'nextReadAt',
}

/** A reason in words. */
export interface ReasonText {
  title: string
  seen: string
  meaning: string
  next: string
  action: string
}

/**
 * What was seen, alone: the one-line form that the API and the command line give.
 *
 * Units:  now and the reason's instants in epoch milliseconds
 * Errors: none; total
 */
export function reasonLine(language: Language, reason: Reason, now: number): string {
  return fillTemplate(language, TEXTS[language].codes[reason.code][1], reason.params, now)
}

/**
 * Puts a reason into the words of a language. Plain text: whoever shows it escapes it.
 *
 * Units:  now and the reason's instants in epoch milliseconds
 * Errors: none; total
 */
export function reasonText(language: Language, reason: Reason, now: number): ReasonText {
  const texts = TEXTS[language]
  const [title, seen, meaning] = texts.codes[reason.code]
  const [next, advice] = STEPS[reason.code]
  const fill = (template: string) => fillTemplate(language, template, reason.params, now)
  // Without an instant the plan is not a plan: nothing more is promised than is known.
  const instant = PLANS[next]
  const nextStep = instant !== undefined && reason.params[instant] == null ? 'nothing' : next
  return {
    title: fill(title),
    seen: fill(seen),
    meaning: fill(meaning),
    next: fill(texts.next[nextStep]),
    action: fill(texts.advice[advice]),
  }
}
