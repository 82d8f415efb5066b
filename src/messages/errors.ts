/** What a person asked for and cannot have, in sentences: what happened, and what it means or what to do. */

import type { AccountErrorCode } from '../accounts/errors.ts'
import type { ReasonParams } from '../accounts/health-reason.ts'
import { en } from './errors/en.ts'
import { ja } from './errors/ja.ts'
import { ko } from './errors/ko.ts'
import { zh } from './errors/zh.ts'
import type { Language } from './languages.ts'
import { fillTemplate } from './template.ts'

/** Title and detail of every expected refusal, in one language. */
export type ErrorTexts = Record<AccountErrorCode, readonly [title: string, detail: string]>

const TEXTS: Record<Language, ErrorTexts> = { en, ja, zh, ko }

/**
 * Puts a refusal into words. Plain text: whoever shows it escapes it.
 *
 * Units:  instants among the params and `now` in epoch milliseconds
 * Errors: none; total
 */
export function errorText(
  language: Language,
  code: AccountErrorCode,
  params: ReasonParams,
  now: number,
): { title: string; detail: string } {
  const [title, detail] = TEXTS[language][code]
  return { title: fillTemplate(language, title, params, now), detail: fillTemplate(language, detail, params, now) }
}

/** True for a code that has sentences: failures kept in the database are checked before they are shown. */
export function isErrorCode(code: string): code is AccountErrorCode {
  return Object.hasOwn(en, code)
}
