/** @jsxImportSource #html */
/** API keys that an account's login makes: the form with its consequence, the key once, reading a kept one, forgetting. */

import { Hono } from 'hono'
import { createConsoleKey, forgetConsoleKey, type MadeConsoleKey, readConsoleKey } from '../accounts/console-keys.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { newId } from '../lib/random.ts'
import { NewConsoleKeyDialog, ShownConsoleKeyDialog } from '../views/dialogs/console-key-dialog.tsx'
import { accountTitle } from '../views/ui/mask.ts'
import type { AppEnvironment } from './dependencies.ts'
import { formFields, type PageContext, refusalOf, respondDialog } from './page-parts.tsx'
import { seeOther, viewOf } from './respond.tsx'

interface Typed {
  name: string
  keep: boolean
}

export const consoleKeyRoutes = new Hono<AppEnvironment>()
  .get('/accounts/:id/console-keys/new', async (c) => await newKeyDialog(c, c.req.param('id')))
  .post('/accounts/:id/console-keys', async (c) => {
    const id = c.req.param('id')
    const { name = '', keep, confirm, key_form: formId } = await formFields(c)
    const typed = { name, keep: keep === 'yes' }
    try {
      const made = await createConsoleKey(c.get('deps').accounts, id, {
        ...{ ...typed, isConfirmed: confirm === 'yes', id: formId },
        actor: c.get('actor'),
      })
      return await shownKey(c, id, made, made.isKept ? 'made_kept' : 'made')
    } catch (error) {
      return await newKeyDialog(c, id, typed, refusalOf(c, error))
    }
  })
  .post('/accounts/:id/console-keys/:key/readings', async (c) => {
    const { id, key } = c.req.param()
    const read = await readConsoleKey(c.get('deps').accounts, id, key, c.get('actor'))
    return await shownKey(c, id, read, 'read')
  })
  .post('/accounts/:id/console-keys/:key/removals', async (c) => {
    const { id, key } = c.req.param()
    await forgetConsoleKey(c.get('deps').accounts, id, key, c.get('actor'))
    return seeOther(c, `/accounts/${id}`)
  })

async function newKeyDialog(
  c: PageContext,
  id: string,
  typed?: Typed,
  error: { title: string; detail: string; status: number } | null = null,
): Promise<Response> {
  const view = viewOf(c)
  const { accounts } = c.get('deps')
  const account = await getAccount(accounts, id)
  const formId = newId(accounts.random, 'key')
  return await respondDialog(c, {
    title: view.t.consoleKeys.createTitle(accountTitle(view, account)),
    content: <NewConsoleKeyDialog view={view} account={account} formId={formId} typed={typed} error={error} />,
    status: error?.status,
  })
}

async function shownKey(
  c: PageContext,
  accountId: string,
  { name, key }: MadeConsoleKey,
  why: 'made' | 'made_kept' | 'read',
): Promise<Response> {
  const view = viewOf(c)
  const shown = { name, text: key.reveal(), why }
  return await respondDialog(c, {
    title: why === 'read' ? name : view.t.consoleKeys.made,
    content: <ShownConsoleKeyDialog view={view} accountId={accountId} {...shown} />,
  })
}
