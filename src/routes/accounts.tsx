/** @jsxImportSource #html */
/** The home page, an account's page, its row, the explanations of its marks, and its label, place and pause. */

import { Hono } from 'hono'
import { accountHistory } from '../accounts/account-history.ts'
import type { AccountSummary } from '../accounts/account-summary.ts'
import { listCalls } from '../accounts/call-ledger.ts'
import { listConsoleKeys } from '../accounts/console-keys.ts'
import { custodyMap } from '../accounts/custody-map.ts'
import { AccountError } from '../accounts/errors.ts'
import { listCandidates } from '../accounts/import-candidates.ts'
import { accountLineage } from '../accounts/lineage.ts'
import { getAccount, listAccounts, readAccounts } from '../accounts/list-accounts.ts'
import { listRevocations } from '../accounts/revocations.ts'
import { updateAccount } from '../accounts/update-account.ts'
import { DAY_MS } from '../lib/clock.ts'
import { usageHistory } from '../limits/usage-history.ts'
import { profileOfAccount } from '../switching/profile-list.ts'
import { runningNow } from '../switching/running-now.ts'
import { listHref, parseAccountFilter } from '../views/account-filter.ts'
import { ExplanationDialog } from '../views/dialogs/explanation-dialog.tsx'
import { KeyboardDialog } from '../views/dialogs/keyboard-dialog.tsx'
import { AccountPage } from '../views/pages/account-page.tsx'
import { AccountsPage, AccountsParts } from '../views/pages/accounts-page.tsx'
import { AccountRow } from '../views/partials/account-row.tsx'
import type { FlashMessage } from '../views/partials/flash.tsx'
import { isMarkName } from '../views/ui/mark.tsx'
import { accountTitle } from '../views/ui/mask.ts'
import { relativeText } from '../views/ui/time.tsx'
import type { ViewContext } from '../views/view-context.ts'
import { custodyFlash } from './account-custody.tsx'
import { refreshFlash } from './account-refreshes.tsx'
import { usageFlash } from './account-usage.tsx'
import type { AppEnvironment } from './dependencies.ts'
import {
  doneMessage,
  formFields,
  frameOf,
  type PageContext,
  providerChoices,
  refusalOf,
  respondDialog,
} from './page-parts.tsx'
import { isPartial, respond, respondPage, respondPartial, seeOther, viewOf } from './respond.tsx'

export const accountRoutes = new Hono<AppEnvironment>()
  .get('/', async (c) => {
    const view = viewOf(c)
    const context = c.get('deps').accounts
    const { accounts, staleSince } = await readAccounts(context)
    const candidates = accounts.length === 0 && staleSince === null ? await listCandidates(context) : []
    const revocations = isPartial(c) || staleSince !== null ? [] : await listRevocations(context)
    const running = isPartial(c) || staleSince !== null ? [] : await runningNow(context, accounts)
    const filter = parseAccountFilter(new URL(c.req.url).searchParams)
    const providers = providerChoices(c)
    // The address keeps only what was chosen.
    if (isPartial(c)) c.header('HX-Replace-Url', listHref(filter))
    return await respond(c, {
      page: () => (
        <AccountsPage
          view={view}
          accounts={accounts}
          filter={filter}
          providers={providers}
          candidates={candidates}
          revocations={revocations}
          running={running}
          flash={staleSince === null ? doneMessage(c) : staleMessage(view, staleSince)}
        />
      ),
      partial: () => (
        <AccountsParts
          view={view}
          accounts={accounts}
          filter={filter}
          providers={providers}
          candidates={candidates}
          wasEmpty={c.req.query('was') === 'empty'}
        />
      ),
    })
  })
  .get('/accounts/:id', async (c) => {
    const account = await getAccount(c.get('deps').accounts, c.req.param('id'))
    return await accountPage(c, account)
  })
  .get('/accounts/:id/row', async (c) => {
    const account = await getAccount(c.get('deps').accounts, c.req.param('id'))
    return await respondPartial(c, <AccountRow view={viewOf(c)} account={account} />)
  })
  .get('/accounts/:id/explanations/:mark', async (c) => {
    const view = viewOf(c)
    const mark = c.req.param('mark')
    const account = await getAccount(c.get('deps').accounts, c.req.param('id'))
    if (!isMarkName(mark)) return c.notFound()
    const isConflict = mark === 'ownership' && account.ownership.status === 'conflict'
    const custody = isConflict ? await custodyMap(c.get('deps').accounts, account.id) : null
    return await respondDialog(c, {
      title: accountTitle(view, account),
      content: <ExplanationDialog view={view} account={account} mark={mark} custody={custody} />,
    })
  })
  .post('/accounts/:id/labels', async (c) => {
    const id = c.req.param('id')
    const label = (await formFields(c)).label ?? ''
    try {
      await update(c, id, { label: label === '' ? null : label })
    } catch (error) {
      const refusal = refusalOf(c, error)
      const account = await getAccount(c.get('deps').accounts, id)
      return await accountPage(c, account, { ...refusal, typed: label })
    }
    return seeOther(c, `/accounts/${id}?done=label_saved`)
  })
  .post('/accounts/:id/positions', async (c) => {
    const id = c.req.param('id')
    const { direction } = await formFields(c)
    const accounts = (await listAccounts(c.get('deps').accounts)).sort((left, right) => left.position - right.position)
    const index = accounts.findIndex((account) => account.id === id)
    if (index < 0) throw new AccountError('account_not_found', { account: id })
    const neighbour = accounts[index + (direction === 'up' ? -1 : 1)]
    if (neighbour) await update(c, id, { position: neighbour.position })
    return seeOther(c, `/accounts/${id}?done=moved`)
  })
  .post('/accounts/:id/pauses', async (c) => await setPaused(c, c.req.param('id'), true))
  .post('/accounts/:id/resumptions', async (c) => await setPaused(c, c.req.param('id'), false))
  .get('/keyboard', async (c) => {
    const view = viewOf(c)
    return await respondDialog(c, { title: view.t.keyboardHelp.title, content: <KeyboardDialog view={view} /> })
  })

function staleMessage(view: ViewContext, since: number): FlashMessage {
  const { databaseAway, databaseAwaySince } = view.t.accounts
  return { tone: 'warn', title: databaseAway, detail: databaseAwaySince(relativeText(view, since)) }
}

/** Calls of an account that its page tells one by one. */
const CALLS_SHOWN = 12

async function accountPage(
  c: PageContext,
  account: AccountSummary,
  labelError: ({ status: number } & { title: string; detail: string; typed: string }) | null = null,
): Promise<Response> {
  const context = c.get('deps').accounts
  const since = context.clock.now() - DAY_MS
  const [history, lineage, custody, used, calls, consoleKeys] = await Promise.all([
    accountHistory(context, account.id),
    accountLineage(context, account.id),
    custodyMap(context, account.id),
    usageHistory(context, account.id),
    listCalls(context, { accountId: account.id, since, limit: CALLS_SHOWN }),
    listConsoleKeys(context, account.id),
  ])
  const profile = {
    cli: context.providers.get(account.provider)?.cli ?? null,
    own: account.credentialPath?.startsWith(context.profilesDirectory)
      ? await profileOfAccount(context, account.id)
      : null,
  }
  const frame = await frameOf(c)
  const flash = frame.flash ?? refreshFlash(c, account) ?? usageFlash(c) ?? custodyFlash(c)
  const page = (
    <AccountPage
      view={viewOf(c)}
      account={account}
      history={history}
      lineage={lineage}
      custody={custody}
      usageHistory={used}
      calls={calls}
      profile={profile}
      consoleKeys={consoleKeys}
      frame={{ ...frame, flash }}
      labelError={labelError}
    />
  )
  return await respondPage(c, page, labelError?.status ?? 200)
}

async function setPaused(c: PageContext, id: string, paused: boolean): Promise<Response> {
  const account = await update(c, id, { paused })
  if (isPartial(c)) return await respondPartial(c, <AccountRow view={viewOf(c)} account={account} />)
  return seeOther(c, `/accounts/${id}?done=${paused ? 'paused' : 'resumed'}`)
}

async function update(
  c: PageContext,
  id: string,
  changes: Parameters<typeof updateAccount>[2],
): Promise<AccountSummary> {
  return await updateAccount(c.get('deps').accounts, id, changes, c.get('actor'))
}
