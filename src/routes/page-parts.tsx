/** @jsxImportSource #html */
/** What several page routes need: fields of a form, the frame around a page, a dialog in both its forms, refusals in words. */

import type { Context } from 'hono'
import type { Child } from 'hono/jsx'
import type { AccountSummary } from '../accounts/account-summary.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { listAccounts } from '../accounts/list-accounts.ts'
import { listUnseen } from '../alerts/alert-list.ts'
import { countAccounts } from '../views/account-filter.ts'
import type { ProviderChoice } from '../views/dialogs/add-account-dialog.tsx'
import type { FrameData } from '../views/layout.tsx'
import { DialogPage } from '../views/pages/dialog-page.tsx'
import type { FlashMessage } from '../views/partials/flash.tsx'
import { personalText } from '../views/ui/mask.ts'
import type { AppEnvironment } from './dependencies.ts'
import { explainAccountError, isPartial, respondPage, respondPartial, viewOf } from './respond.tsx'

export type PageContext = Context<AppEnvironment>

/** The text fields of a posted form, trimmed; a repeated field counts with its last value. */
export async function formFields(c: PageContext): Promise<Record<string, string | undefined>> {
  const body = await c.req.parseBody()
  const texts = Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return Object.fromEntries(texts.map(([name, text]) => [name, text.trim()]))
}

/** The header of pages: how the accounts stand, and a message about what was just done. */
export async function frameOf(c: PageContext, accounts?: readonly AccountSummary[]): Promise<FrameData> {
  const context = c.get('deps').accounts
  const [known, unseen] = await Promise.all([accounts ?? listAccounts(context), unseenAlerts(context)])
  return { counts: countAccounts(known), alerts: unseen, flash: doneMessage(c) }
}

/** How many alerts nobody has seen. A page is shown without, where the database is away. */
async function unseenAlerts(context: AccountsContext): Promise<number> {
  return await listUnseen(context).then(
    (alerts) => alerts.length,
    () => 0,
  )
}

/** Acts that did not do all that was asked. */
const DOUBTFUL = new Set(['revoke_pending', 'revoke_not_confirmed', 'revoke_not_supported'])

/** The message that a redirect asked for by name; only names that have words are shown. */
export function doneMessage(c: PageContext): FlashMessage | null {
  const { outcomes } = viewOf(c).t
  const name = c.req.query('done')
  if (!name || !Object.hasOwn(outcomes, name)) return null
  return { tone: DOUBTFUL.has(name) ? 'warn' : 'good', title: outcomes[name as keyof typeof outcomes] }
}

export function providerChoices(c: PageContext): ProviderChoice[] {
  return [...c.get('deps').accounts.providers.values()].map((provider) => {
    const { id, name, methods, variants = [], clientId, clientRegistrationUrl } = provider
    const registrationUrl = clientId === '' ? (clientRegistrationUrl ?? '') : null
    return { id, name, methods, variants: variants.map((variant) => variant.id), registrationUrl }
  })
}

export function providerNames(c: PageContext): (provider: string) => string {
  const { providers } = c.get('deps').accounts
  return (id) => providers.get(id)?.name ?? id
}

interface DialogAnswer {
  title: string
  content: Child
  status?: number
  reloadSeconds?: number
}

/** A dialog's content: for htmx alone, else on a page of its own. */
export async function respondDialog(
  c: PageContext,
  { title, content, status = 200, reloadSeconds }: DialogAnswer,
): Promise<Response> {
  if (isPartial(c)) return await respondPartial(c, content, status)
  const page = (
    <DialogPage view={viewOf(c)} title={title} frame={await frameOf(c)} reloadSeconds={reloadSeconds}>
      {content}
    </DialogPage>
  )
  return await respondPage(c, page, status)
}

/** The words of an expected refusal, personal data hidden when that is asked for; other errors are thrown on. */
export function refusalOf(c: PageContext, error: unknown): { title: string; detail: string; status: number } {
  const view = viewOf(c)
  const { title, detail, status } = explainAccountError(c, error)
  return { title: personalText(view, title), detail: personalText(view, detail), status }
}
