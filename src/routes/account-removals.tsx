/** @jsxImportSource #html */
/** Taking an account away: the question with its consequences, the act, and how far sign-outs at providers have come. */

import { Hono } from 'hono'
import { dismissRevocation, stopRevocation, tryRevocationNow } from '../accounts/end-revocation.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { removeAccount } from '../accounts/remove-account.ts'
import { listRevocations } from '../accounts/revocations.ts'
import { previewSignOut } from '../accounts/sign-out-preview.ts'
import { RemoveDialog } from '../views/dialogs/remove-dialog.tsx'
import { RevocationList } from '../views/partials/revocation-list.tsx'
import { accountTitle } from '../views/ui/mask.ts'
import type { AppEnvironment } from './dependencies.ts'
import { formFields, type PageContext, refusalOf, respondDialog } from './page-parts.tsx'
import { respondPartial, seeOther, viewOf } from './respond.tsx'

const DONE = {
  not_asked: 'forgotten',
  confirmed: 'revoked',
  pending: 'revoke_pending',
  not_confirmed: 'revoke_not_confirmed',
  not_supported: 'revoke_not_supported',
} as const

export const accountRemovalRoutes = new Hono<AppEnvironment>()
  .get('/accounts/:id/removals/new', async (c) => await removalDialog(c, c.req.param('id'), null))
  .post('/accounts/:id/removals', async (c) => {
    const id = c.req.param('id')
    const { revoke, confirm_cli: confirmCli } = await formFields(c)
    try {
      const { revocation } = await removeAccount(c.get('deps').accounts, id, {
        revoke: revoke === 'yes',
        confirmCli: confirmCli === 'yes',
        actor: c.get('actor'),
      })
      return seeOther(c, `/?done=${DONE[revocation]}`)
    } catch (error) {
      return await removalDialog(c, id, refusalOf(c, error))
    }
  })
  .get('/revocations', async (c) => {
    const revocations = await listRevocations(c.get('deps').accounts)
    return await respondPartial(c, <RevocationList view={viewOf(c)} revocations={revocations} />)
  })
  .post('/revocations/:id/tries', async (c) => {
    const { revocation } = await tryRevocationNow(c.get('deps').accounts, c.req.param('id'), c.get('actor'))
    return seeOther(c, `/?done=${DONE[revocation]}`)
  })
  .post('/revocations/:id/stops', async (c) => {
    await stopRevocation(c.get('deps').accounts, c.req.param('id'), c.get('actor'))
    return seeOther(c, '/')
  })
  .post('/revocations/:id/dismissals', async (c) => {
    await dismissRevocation(c.get('deps').accounts, c.req.param('id'))
    return seeOther(c, '/')
  })

async function removalDialog(
  c: PageContext,
  id: string,
  error: { title: string; detail: string; status: number } | null,
): Promise<Response> {
  const view = viewOf(c)
  const account = await getAccount(c.get('deps').accounts, id)
  const preview = await previewSignOut(c.get('deps').accounts, id)
  return await respondDialog(c, {
    title: view.t.removal.title(accountTitle(view, account)),
    content: <RemoveDialog view={view} account={account} preview={preview} error={error} />,
    status: error?.status,
  })
}
