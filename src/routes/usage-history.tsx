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

export const usageHistoryRoutes = new Hono<AppEnvironment>()
  .get('/usage', async (c) => {
    const context = c.get('deps').accounts
    const [accounts, history] = await Promise.all([listAccounts(context), accountsHistory(context)])
    const frame = await frameOf(c, accounts)
    return await respondPage(c, <UsagePage view={viewOf(c)} frame={frame} accounts={accounts} history={history} />)
  })
  .post('/settings/transcripts', async (c) => {
    const isOn = (await formFields(c)).transcripts === 'on'
    await setTranscriptsCounted(c.get('deps').accounts, isOn, c.get('actor'))
    return seeOther(c, '/settings?done=settings_saved')
  })
