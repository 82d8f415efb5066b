/** @jsxImportSource #html */
/** Settling who owns an account's login, by a press on one of the ways out. */

import { Hono } from 'hono'
import { custodyMap } from '../accounts/custody-map.ts'
import { AccountError } from '../accounts/errors.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { type CustodyChoice, settleCustody } from '../switching/settle-custody.ts'
import { CustodyWays } from '../views/partials/custody-ways.tsx'
import type { FlashMessage } from '../views/partials/flash.tsx'
import { accountTitle } from '../views/ui/mask.ts'
import type { AppEnvironment } from './dependencies.ts'
import { formFields, type PageContext, refusalOf, respondDialog } from './page-parts.tsx'
import { seeOther, viewOf } from './respond.tsx'

export const accountCustodyRoutes = new Hono<AppEnvironment>().post('/accounts/:id/custodies', async (c) => {
  const id = c.req.param('id')
  const context = c.get('deps').accounts
  const { custodian, path } = await formFields(c)
  try {
    const { ownership } = await settleCustody(context, id, { ...choiceOf(custodian, path), actor: c.get('actor') })
    const told = ownership.status === 'conflict' ? 'rest' : custodian
    return seeOther(c, `/accounts/${id}?custody=${told}#custody`)
  } catch (error) {
    const refusal = refusalOf(c, error)
    const [account, map] = [await getAccount(context, id), await custodyMap(context, id)]
    return await respondDialog(c, {
      title: accountTitle(viewOf(c), account),
      content: <CustodyWays view={viewOf(c)} account={account} map={map} error={refusal} />,
      status: refusal.status,
    })
  }
})

/** Errors: AccountError custody_no_copy for a form that names no owner, or no file */
function choiceOf(custodian: string | undefined, path: string | undefined): CustodyChoice {
  if (custodian === 'dashboard') return { custodian, path }
  if (custodian !== 'cli' || !path) throw new AccountError('custody_no_copy', { path: '—' })
  return { custodian, path }
}

/** What a redirect after an act tells in the address. */
export function custodyFlash(c: PageContext): FlashMessage | null {
  const { done } = viewOf(c).t.custody
  const told = c.req.query('custody') ?? ''
  if (!Object.hasOwn(done, told)) return null
  return { tone: told === 'rest' ? 'warn' : 'good', title: done[told as keyof typeof done] }
}
