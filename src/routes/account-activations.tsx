/** @jsxImportSource #html */
/** Handing accounts to CLIs and taking them back: the plan, the act, its result, and undoing it. */

import { Hono } from 'hono'
import { getAccount } from '../accounts/list-accounts.ts'
import { errorText } from '../messages/errors.ts'
import { activateAccount } from '../switching/activate-account.ts'
import { listBackups } from '../switching/backups.ts'
import { type Clearing, clearDirectory, deactivateAccount } from '../switching/clear-place.ts'
import { type ActivationPlan, planActivation } from '../switching/plan-activation.ts'
import { restoreBackup } from '../switching/restore-backup.ts'
import { runningNow } from '../switching/running-now.ts'
import { ActivationDialog } from '../views/dialogs/activation-dialog.tsx'
import { BackupsDialog } from '../views/dialogs/backups-dialog.tsx'
import { SwitchedDialog } from '../views/dialogs/switched-dialog.tsx'
import { RunningNow } from '../views/partials/running-now.tsx'
import { accountTitle, personal, personalText } from '../views/ui/mask.ts'
import { exactText } from '../views/ui/time.tsx'
import type { AppEnvironment } from './dependencies.ts'
import { formFields, type PageContext, refusalOf, respondDialog } from './page-parts.tsx'
import { respondPartial, viewOf } from './respond.tsx'

type Words = { title: string; detail: string; status: number }

export const activationRoutes = new Hono<AppEnvironment>()
  .get('/running', async (c) =>
    respondPartial(c, <RunningNow view={viewOf(c)} places={await runningNow(c.get('deps').accounts)} />),
  )
  .get('/accounts/:id/activations/new', async (c) => await activationDialog(c, c.req.param('id'), null))
  .post('/accounts/:id/activations', async (c) => {
    const id = c.req.param('id')
    const { directory } = await formFields(c)
    try {
      const done = await activateAccount(c.get('deps').accounts, { accountId: id, directory, actor: c.get('actor') })
      const { activation } = viewOf(c).t
      const headline = activation.done(personal(viewOf(c), done.verifiedAs) ?? '')
      return await switched(c, { headline, detail: activation.doneBy[done.verifiedBy], backupId: done.backupId })
    } catch (error) {
      return await activationDialog(c, id, refusalOf(c, error))
    }
  })
  .get('/accounts/:id/deactivations/new', async (c) => await deactivationDialog(c, c.req.param('id'), null))
  .post('/accounts/:id/deactivations', async (c) => {
    const id = c.req.param('id')
    try {
      return await cleared(c, await deactivateAccount(c.get('deps').accounts, { accountId: id, actor: c.get('actor') }))
    } catch (error) {
      return await deactivationDialog(c, id, refusalOf(c, error))
    }
  })
  .get('/running/:provider/clearings/new', async (c) =>
    clearingDialog(c, c.req.param('provider'), c.req.query('directory') || undefined, null),
  )
  .post('/running/:provider/clearings', async (c) => {
    const provider = c.req.param('provider')
    const { directory } = await formFields(c)
    try {
      return await cleared(
        c,
        await clearDirectory(c.get('deps').accounts, { provider, directory, actor: c.get('actor') }),
      )
    } catch (error) {
      return await clearingDialog(c, provider, directory, refusalOf(c, error))
    }
  })
  .get('/backups', async (c) => await backupsDialog(c, null))
  .post('/backups/:id/restorations', async (c) => {
    const context = c.get('deps').accounts
    try {
      const done = await restoreBackup(context, { backupId: c.req.param('id'), actor: c.get('actor') })
      const { activation } = viewOf(c).t
      const name = done.accountId === null ? null : accountTitle(viewOf(c), await getAccount(context, done.accountId))
      const headline = name === null ? activation.doneRestoredNone : activation.doneRestored(name)
      return await switched(c, {
        headline,
        detail: done.isExact ? activation.exact : activation.merged,
        backupId: null,
      })
    } catch (error) {
      return await backupsDialog(c, refusalOf(c, error))
    }
  })

async function activationDialog(c: PageContext, id: string, error: Words | null): Promise<Response> {
  const view = viewOf(c)
  const context = c.get('deps').accounts
  const account = await getAccount(context, id)
  const directory = c.req.query('directory') || undefined
  try {
    const plan = await planActivation(context, { accountId: id, directory })
    const title = view.t.activation.title(accountTitle(view, account), plan.cli)
    return await planDialog(c, { title, plan, action: `/accounts/${id}/activations`, error })
  } catch (refused) {
    // There is no place to plan for.
    const words = error ?? refusalOf(c, refused)
    return await refusedDialog(c, view.t.activation.activateOf(accountTitle(view, account)), words)
  }
}

async function deactivationDialog(c: PageContext, id: string, error: Words | null): Promise<Response> {
  const view = viewOf(c)
  const context = c.get('deps').accounts
  const account = await getAccount(context, id)
  const title = view.t.activation.titleBack(accountTitle(view, account))
  const directory = account.credentialPath?.replace(/[/\\][^/\\]*$/, '')
  try {
    const plan = await planActivation(context, { accountId: null, provider: account.provider, directory })
    const isTheirs = plan.outgoing?.accountId === id
    // Somebody else's login is in the file by now, and stays: only custody comes back.
    const told: ActivationPlan = isTheirs ? plan : { ...plan, outgoing: null, files: [], refusal: null }
    return await planDialog(c, { title, plan: told, action: `/accounts/${id}/deactivations`, error })
  } catch (refused) {
    return await refusedDialog(c, title, error ?? refusalOf(c, refused))
  }
}

async function clearingDialog(
  c: PageContext,
  provider: string,
  directory: string | undefined,
  error: Words | null,
): Promise<Response> {
  const { activation } = viewOf(c).t
  try {
    const plan = await planActivation(c.get('deps').accounts, { accountId: null, provider, directory })
    const title = activation.titleClear(plan.cli)
    return await planDialog(c, { title, plan, action: `/running/${encodeURIComponent(provider)}/clearings`, error })
  } catch (refused) {
    return await refusedDialog(c, activation.empty, error ?? refusalOf(c, refused))
  }
}

interface PlanAnswer {
  title: string
  plan: ActivationPlan
  action: string
  error: Words | null
}

async function planDialog(c: PageContext, { title, plan, action, error }: PlanAnswer): Promise<Response> {
  const view = viewOf(c)
  const words = plan.refusal && errorText(view.language, plan.refusal.code, plan.refusal.params, view.now)
  const refusal = words && { title: personalText(view, words.title), detail: personalText(view, words.detail) }
  return await respondDialog(c, {
    title,
    content: <ActivationDialog view={view} title={title} plan={plan} action={action} refusal={refusal} error={error} />,
    status: error?.status,
  })
}

async function refusedDialog(c: PageContext, title: string, words: Words): Promise<Response> {
  const view = viewOf(c)
  const content = (
    <SwitchedDialog view={view} title={title} headline={words.title} detail={words.detail} backupId={null} tone="bad" />
  )
  return await respondDialog(c, { title, content, status: words.status })
}

async function cleared(c: PageContext, { backupId }: Clearing): Promise<Response> {
  return await switched(c, { headline: viewOf(c).t.activation.doneClear, detail: '', backupId })
}

async function switched(
  c: PageContext,
  { headline, detail, backupId }: { headline: string; detail: string; backupId: string | null },
): Promise<Response> {
  const view = viewOf(c)
  const { activation } = view.t
  const backup = (await listBackups(c.get('deps').accounts)).find(({ id }) => id === backupId)
  const until = backup ? activation.undoUntil(exactText(view, backup.expiresAt)) : ''
  const words = [detail, until].filter(Boolean).join(' ')
  const content = (
    <SwitchedDialog view={view} title={headline} headline={headline} detail={words} backupId={backupId} tone="good" />
  )
  return await respondDialog(c, { title: headline, content })
}

async function backupsDialog(c: PageContext, error: Words | null): Promise<Response> {
  const view = viewOf(c)
  const backups = await listBackups(c.get('deps').accounts)
  const title = view.t.activation.backups
  const content = <BackupsDialog view={view} backups={backups} error={error} />
  return await respondDialog(c, { title, content, status: error?.status })
}
