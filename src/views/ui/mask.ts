/** What personal data looks like on a page: itself, or hidden everywhere when the owner asks for it. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import type { Reason, ReasonParams } from '../../accounts/health-reason.ts'
import type { ViewContext } from '../view-context.ts'

const HIDDEN = '••••••'

/** The name of an account for a person: label, else e-mail, else provider and a short form of the subject. */
export function accountTitle(
  view: ViewContext,
  account: Pick<AccountSummary, 'id' | 'label' | 'email' | 'subject' | 'providerName'>,
): string {
  if (!view.isMasked) return account.label ?? account.email ?? `${account.providerName} ${account.subject.slice(0, 8)}`
  const isTelling = account.label === null || account.label.includes('@')
  return isTelling ? view.t.row.maskedAccount(account.providerName, account.id.slice(-4)) : account.label!
}

/** A name, e-mail or organisation: hidden when masked; null stays null. */
export function personal(view: ViewContext, text: string | null): string | null {
  return text !== null && view.isMasked ? HIDDEN : text
}

/** A path: the user's name in it is hidden when masked. */
export function personalPath(view: ViewContext, path: string): string {
  return view.isMasked ? path.replace(/(?:\/home\/|\/Users\/|[A-Za-z]:\\Users\\)[^/\\\s]+/g, '~') : path
}

/** Any text that may carry an e-mail address or a home directory. */
export function personalText(view: ViewContext, text: string): string {
  return view.isMasked ? personalPath(view, text).replace(/[^\s@<>()"']+@[^\s@<>()"']+/g, HIDDEN) : text
}

/** The values of a sentence, with those hidden that say who somebody is. */
export function personalParams(view: ViewContext, params: ReasonParams): ReasonParams {
  if (!view.isMasked) return params
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === 'string' ? personalText(view, value) : value,
    ]),
  )
}

/** A reason whose personal values are hidden where the mask is on. */
export function personalReason(view: ViewContext, reason: Reason): Reason {
  return { code: reason.code, params: personalParams(view, reason.params) }
}
