/** @jsxImportSource #html */
/** Refreshing an account by its button: the row as it is afterwards, and the outcome in words. */

import { Hono } from 'hono'
import type { AccountSummary } from '../accounts/account-summary.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { refreshGrant } from '../accounts/refresh-grant.ts'
import type { RefreshReason } from '../accounts/refresh-outcome.ts'
import { refreshReasonText } from '../messages/refresh-reasons.ts'
import type { FlashMessage } from '../views/partials/flash.tsx'
import { RefreshOutcomeParts } from '../views/partials/refresh-outcome.tsx'
import { personalParams, personalText } from '../views/ui/mask.ts'
import type { ViewContext } from '../views/view-context.ts'
import type { AppEnvironment } from './dependencies.ts'
import type { PageContext } from './page-parts.tsx'
import { isPartial, respondPartial, seeOther, viewOf } from './respond.tsx'

/** Codes of refresh reasons that say that all is well. */
const GOOD: readonly string[] = ['refreshed', 'adopted', 'still_fresh']
/** Whether a code has a sentence: the query of an address is anybody's to write. */
const KNOWN: Record<RefreshReason['code'], true> = {
  refreshed: true,
  adopted: true,
  still_fresh: true,
  transient: true,
  misconfigured: true,
  file_newer: true,
  cli_lock_busy: true,
  cli_lock_refused: true,
  unknown_outcome: true,
  refused: true,
  outcome_lost: true,
  restored: true,
  key_reset: true,
  moved_away: true,
  machine_retired: true,
  not_restored: true,
  no_refresh_token: true,
  cli_refreshes: true,
  nobody_refreshes: true,
  lease_held: true,
  identity_changed: true,
  not_saved: true,
}

export const accountRefreshRoutes = new Hono<AppEnvironment>().post('/accounts/:id/refreshes', async (c) => {
  const context = c.get('deps').accounts
  const id = c.req.param('id')
  const { reason } = await refreshGrant(context, id, { purpose: 'requested', actor: c.get('actor') })
  if (!isPartial(c)) {
    const cause = reason.params.failureCode ?? reason.params.refusalCode
    return seeOther(
      c,
      `/accounts/${id}?${new URLSearchParams({ refresh: reason.code, ...(cause ? { cause: String(cause) } : {}) })}`,
    )
  }
  const account = await getAccount(context, id)
  const view = { ...viewOf(c), now: context.clock.now() }
  const words = outcomeWords(view, reason)
  return await respondPartial(
    c,
    <RefreshOutcomeParts view={view} account={account} words={words} isGood={GOOD.includes(reason.code)} />,
  )
})

/** The outcome of a refresh that a redirect told in the address. */
export function refreshFlash(c: PageContext, account: AccountSummary): FlashMessage | null {
  const code = c.req.query('refresh') ?? ''
  if (!Object.hasOwn(KNOWN, code)) return null
  const cause = /^[\w.-]{1,60}$/.exec(c.req.query('cause') ?? '')?.[0] ?? null
  const params = { failureCode: cause, refusalCode: cause, path: account.credentialPath }
  return {
    tone: GOOD.includes(code) ? 'good' : 'bad',
    title: outcomeWords(viewOf(c), { code: code as RefreshReason['code'], params }),
  }
}

function outcomeWords(view: ViewContext, reason: RefreshReason): string {
  const params = personalParams(view, reason.params)
  return personalText(view, refreshReasonText(view.language, { code: reason.code, params }, view.now))
}
