/** @jsxImportSource #html */
/** Reading the limits of an account by a button, and its limits as a part of its page. */

import { Hono } from 'hono'
import { getAccount } from '../accounts/list-accounts.ts'
import { readUsage, type UsageOutcome } from '../limits/read-usage.ts'
import { AccountLimits, failureWords } from '../views/partials/account-limits.tsx'
import type { FlashMessage } from '../views/partials/flash.tsx'
import { RefreshOutcomeParts } from '../views/partials/refresh-outcome.tsx'
import { relativeText } from '../views/ui/time.tsx'
import type { ViewContext } from '../views/view-context.ts'
import type { AppEnvironment } from './dependencies.ts'
import type { PageContext } from './page-parts.tsx'
import { isPartial, respondPartial, seeOther, viewOf } from './respond.tsx'

export const accountUsageRoutes = new Hono<AppEnvironment>()
  .get('/accounts/:id/limits', async (c) => {
    const account = await getAccount(c.get('deps').accounts, c.req.param('id'))
    return await respondPartial(c, <AccountLimits view={viewOf(c)} account={account} />)
  })
  .post('/accounts/:id/usage-readings', async (c) => {
    const context = c.get('deps').accounts
    const id = c.req.param('id')
    const outcome = await readUsage(context, id, { actor: c.get('actor') })
    if (!isPartial(c)) return seeOther(c, `/accounts/${id}?limits=${codeOf(outcome)}#usage_${id}`)
    const account = await getAccount(context, id)
    const view = { ...viewOf(c), now: context.clock.now() }
    const told = { words: outcomeWords(view, outcome), isGood: outcome.outcome === 'read' }
    // The row's menu and the panel of the account's page send the same form.
    if (c.req.query('from') === 'row')
      return await respondPartial(c, <RefreshOutcomeParts view={view} account={account} {...told} />)
    return await respondPartial(c, <AccountLimits view={view} account={account} outcome={told} />)
  })

/** The outcome of a reading that a redirect told in the address. */
export function usageFlash(c: PageContext): FlashMessage | null {
  const code = c.req.query('limits') ?? ''
  if (!/^[a-z][a-z0-9_]{1,40}$/.test(code)) return null
  return { tone: code === 'read' ? 'good' : 'warn', title: failureWords(viewOf(c), code) }
}

function codeOf(outcome: UsageOutcome): string {
  return outcome.outcome === 'read' ? 'read' : outcome.code
}

function outcomeWords(view: ViewContext, outcome: UsageOutcome): string {
  const words = failureWords(view, codeOf(outcome))
  const isTimed = outcome.outcome === 'not_read' && outcome.retryAt !== null && TIMED.has(outcome.code)
  return isTimed ? `${words} ${view.t.limits.again(relativeText(view, outcome.retryAt!))}` : words
}

/** Refusals after which the button works again at a known time. */
const TIMED = new Set(['too_soon', 'held', 'rate_limited', 'budget_spent'])
