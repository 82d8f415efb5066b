/** @jsxImportSource #html */
/** Taking an account away: the question with its consequences, then the act. */

import { Hono } from 'hono'
import { getAccount } from '../accounts/list-accounts.ts'
import { removeAccount } from '../accounts/remove-account.ts'
import { RemoveDialog } from '../views/dialogs/remove-dialog.tsx'
import { accountTitle } from '../views/ui/mask.ts'
import type { AppEnvironment } from './dependencies.ts'
import { formFields, type PageContext, refusalOf, respondDialog } from './page-parts.tsx'
import { seeOther, viewOf } from './respond.tsx'

const DONE = {
  not_asked: 'forgotten',
  confirmed: 'revoked',
  not_confirmed: 'revoke_not_confirmed',
  not_supported: 'revoke_not_supported',
} as const

export const accountRemovalRoutes = new Hono<AppEnvironment>()
  .get('/accounts/:id/removals/new', async (c) => await removalDialog(c, c.req.param('id'), null))
  .post('/accounts/:id/removals', async (c) => {
    const id = c.req.param('id')
    const { revoke } = await formFields(c)
    try {
      const { revocation } = await removeAccount(c.get('deps').accounts, id, {
        revoke: revoke === 'yes',
        actor: c.get('actor'),
      })
      return seeOther(c, `/?done=${DONE[revocation]}`)
    } catch (error) {
      return await removalDialog(c, id, refusalOf(c, error))
    }
  })

async function removalDialog(
  c: PageContext,
  id: string,
  error: { title: string; detail: string; status: number } | null,
): Promise<Response> {
  const view = viewOf(c)
  const account = await getAccount(c.get('deps').accounts, id)
  return await respondDialog(c, {
    title: view.t.removal.title(accountTitle(view, account)),
    content: <RemoveDialog view={view} account={account} error={error} />,
    status: error?.status,
  })
}
