/** @jsxImportSource #html */
/** The page of all accounts' use, and the switch of counting transcripts. */

import { Hono } from 'hono'
import { listAccounts } from '../accounts/list-accounts.ts'
import { setTranscriptsCounted } from '../limits/count-transcripts.ts'
import { accountsHistory } from '../limits/usage-history.ts'
import { UsagePage } from '../views/pages/usage-page.tsx'
import type { AppEnvironment } from './dependencies.ts'
import { formFields, frameOf } from './page-parts.tsx'
import { respondPage, seeOther, viewOf } from './respond.tsx'

/** Accounts on one page: each has a chart for every window. */
const ACCOUNTS_SHOWN = 20

export const usageHistoryRoutes = new Hono<AppEnvironment>()
  .get('/usage', async (c) => {
    const context = c.get('deps').accounts
    const accounts = await listAccounts(context)
    const pages = Math.max(1, Math.ceil(accounts.length / ACCOUNTS_SHOWN))
    const page = Math.min(pages, Math.max(1, Math.floor(Number(c.req.query('page'))) || 1))
    const shown = accounts.slice((page - 1) * ACCOUNTS_SHOWN, page * ACCOUNTS_SHOWN)
    const ids = shown.map(({ id }) => id)
    const history = await accountsHistory(context, ids)
    const frame = await frameOf(c, accounts)
    const place = { page, pages }
    return await respondPage(
      c,
      <UsagePage view={viewOf(c)} frame={frame} accounts={shown} history={history} place={place} />,
    )
  })
  .post('/settings/transcripts', async (c) => {
    const isOn = (await formFields(c)).transcripts === 'on'
    await setTranscriptsCounted(c.get('deps').accounts, isOn, c.get('actor'))
    return seeOther(c, '/settings?done=settings_saved')
  })
