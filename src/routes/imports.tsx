/** @jsxImportSource #html */
/** Importing a login that a CLI has on this machine: what was found, the choice, and the act. */

import { Hono } from 'hono'
import { listCandidates } from '../accounts/import-candidates.ts'
import { readFromKeychain } from '../accounts/keychain-login.ts'
import { linkAccount } from '../accounts/link-account.ts'
import { takeOverAccount } from '../accounts/take-over-account.ts'
import { ImportChoiceDialog, ImportDialog } from '../views/dialogs/import-dialog.tsx'
import type { AppEnvironment } from './dependencies.ts'
import { formFields, type PageContext, providerNames, refusalOf, respondDialog } from './page-parts.tsx'
import { seeOther, viewOf } from './respond.tsx'

export const importRoutes = new Hono<AppEnvironment>()
  .get('/imports/new', async (c) => await importDialog(c, c.req.query('path')?.trim() || null, null))
  .post('/imports', async (c) => {
    const { path, mode, label } = await formFields(c)
    const isTakeOver = mode === 'take_over'
    const request = { path: path || undefined, label: label || undefined, actor: c.get('actor') }
    const context = c.get('deps').accounts
    try {
      await (isTakeOver ? takeOverAccount(context, request) : linkAccount(context, request))
    } catch (error) {
      return await importDialog(c, path || null, refusalOf(c, error))
    }
    return seeOther(c, `/?done=${isTakeOver ? 'taken_over' : 'linked'}`)
  })
  .post('/imports/keychain', async (c) => await keychain(c))

async function keychain(c: PageContext): Promise<Response> {
  const { path, mode } = await formFields(c)
  const isTakeOver = mode === 'take_over'
  const request = { path: path ?? '', mode: isTakeOver ? 'take_over' : 'link', actor: c.get('actor') } as const
  try {
    await readFromKeychain(c.get('deps').accounts, request)
  } catch (error) {
    return await importDialog(c, null, refusalOf(c, error))
  }
  return seeOther(c, `/?done=${isTakeOver ? 'taken_over' : 'linked'}`)
}

async function importDialog(
  c: PageContext,
  path: string | null,
  error: { title: string; detail: string; status: number } | null,
): Promise<Response> {
  const view = viewOf(c)
  const { imports } = view.t
  const candidates = await listCandidates(c.get('deps').accounts)
  if (path === null) {
    const content = <ImportDialog view={view} candidates={candidates} providerName={providerNames(c)} error={error} />
    return await respondDialog(c, { title: imports.title, content, status: error?.status })
  }
  const candidate = candidates.find((each) => each.path === path) ?? null
  const content = <ImportChoiceDialog view={view} path={path} candidate={candidate} error={error} />
  return await respondDialog(c, { title: imports.chooseTitle, content, status: error?.status })
}
