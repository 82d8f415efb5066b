/** @jsxImportSource #html */
/** Signing in to a provider: the choice of ways, the sign-in under way, what is pasted, and its end. */

import { Hono } from 'hono'
import type { AuthorizationView } from '../accounts/authorization-view.ts'
import { beginAuthorization, cancelAuthorization, getAuthorization } from '../accounts/authorizations.ts'
import { completeAuthorization } from '../accounts/complete-authorization.ts'
import { viewConsent } from '../accounts/consent.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { startCliSignIn, viewCliSignIn } from '../switching/profile-sign-in.ts'
import { AddAccountDialog } from '../views/dialogs/add-account-dialog.tsx'
import { ConsentDialog } from '../views/dialogs/consent-dialog.tsx'
import { SignInDialog } from '../views/dialogs/sign-in-dialog.tsx'
import { AuthorizationStatus } from '../views/partials/authorization-status.tsx'
import { accountTitle } from '../views/ui/mask.ts'
import { browserOf, ensureBrowser } from './browser-cookie.ts'
import type { AppEnvironment } from './dependencies.ts'
import { formFields, type PageContext, providerChoices, refusalOf, respondDialog } from './page-parts.tsx'
import { isPartial, respondPartial, seeOther, viewOf } from './respond.tsx'

/** How often a page without scripts looks again; seconds. Not where something is typed: a reload would lose it. */
const RELOAD_SECONDS = 5

export const authorizationRoutes = new Hono<AppEnvironment>()
  .get('/authorizations/new', async (c) => await choiceDialog(c, c.req.query('account') || null, null))
  .post('/authorizations', async (c) => {
    return await begin(c, await beginFields(c))
  })
  .get(
    '/authorizations/:id',
    async (c) => await signInDialog(c, await getAuthorization(c.get('deps').accounts, c.req.param('id'))),
  )
  .get('/authorizations/:id/status', async (c) => {
    const authorization = await getAuthorization(c.get('deps').accounts, c.req.param('id'))
    if (!isPartial(c)) return seeOther(c, `/authorizations/${authorization.id}`)
    // Once it is over, the ways to go on change too, so the whole dialog is wanted and not only the status.
    if (authorization.status !== 'pending') {
      c.header('HX-Retarget', 'closest [data-dialog]')
      c.header('HX-Reswap', 'outerHTML')
      return await signInDialog(c, authorization)
    }
    return await respondPartial(c, <AuthorizationStatus view={viewOf(c)} authorization={authorization} />)
  })
  .post('/authorizations/:id/responses', async (c) => {
    const { response = '' } = await formFields(c)
    const answer = { response, browser: browserOf(c), actor: c.get('actor') }
    return await actOnSignIn(c, c.req.param('id'), (context, id) =>
      completeAuthorization(context, { authorizationId: id, ...answer }),
    )
  })
  .post('/authorizations/:id/cancellations', async (c) => {
    await cancelAuthorization(c.get('deps').accounts, c.req.param('id'))
    if (!isPartial(c)) return seeOther(c, '/?done=cancelled')
    c.header('HX-Trigger', 'dialog:close')
    return await signInDialog(c, await getAuthorization(c.get('deps').accounts, c.req.param('id')))
  })

export interface BeginFields {
  provider: string
  accountId: string | null
  method: string | null
  variant: string | null
  label: string | null
}

/** What a form says of the sign-in that is to begin. */
export async function beginFields(c: PageContext): Promise<BeginFields> {
  const { provider = '', account, method, variant, label } = await formFields(c)
  return {
    provider,
    accountId: account || null,
    method: method || null,
    variant: variant || null,
    label: label || null,
  }
}

/** Begins a sign-in and shows it; where the owner's consent is still wanting, asks for that first. */
export async function begin(
  c: PageContext,
  { provider, accountId, method, variant, label }: BeginFields,
): Promise<Response> {
  const context = c.get('deps').accounts
  try {
    const authorization = await beginAuthorization(context, {
      provider,
      accountId: accountId ?? undefined,
      label: label ?? undefined,
      method: methodOf(method),
      variant: variant ?? undefined,
      browser: ensureBrowser(c),
      actor: c.get('actor'),
    })
    // Where the CLI is not installed, or its profile is in use already, the dialog says what to do.
    if (authorization.method === 'cli_profile') await startCliSignIn(context, authorization.id).catch(unlessRefused)
    if (!isPartial(c)) return seeOther(c, `/authorizations/${authorization.id}`)
    return await signInDialog(c, authorization)
  } catch (error) {
    if (error instanceof AccountError && error.code === 'consent_needed') {
      const view = viewOf(c)
      const consent = await viewConsent(context, provider)
      const content = <ConsentDialog view={view} consent={consent} {...{ method, variant, accountId, label }} />
      return await respondDialog(c, { title: view.t.consent.title(consent.providerName), content })
    }
    return await choiceDialog(c, accountId, refusalOf(c, error))
  }
}

function unlessRefused(error: unknown): void {
  if (!(error instanceof AccountError)) throw error
}

const METHODS: readonly AuthorizationView['method'][] = ['callback', 'paste', 'device', 'cli_profile']

function methodOf(text: string | null): AuthorizationView['method'] | undefined {
  return METHODS.find((method) => method === text)
}

type RefusalWords = { title: string; detail: string; status: number }

async function choiceDialog(c: PageContext, accountId: string | null, error: RefusalWords | null): Promise<Response> {
  const view = viewOf(c)
  const account = accountId === null ? null : await getAccount(c.get('deps').accounts, accountId)
  const again = account && { accountId: account.id, name: accountTitle(view, account) }
  const providers = providerChoices(c).filter((provider) => account === null || provider.id === account.provider)
  return await respondDialog(c, {
    title: again ? view.t.add.titleAgain(again.name) : view.t.add.title,
    content: <AddAccountDialog view={view} providers={providers} again={again} error={error} />,
    status: error?.status,
  })
}

/** Does something to a sign-in and shows it as it is then, with the refusal if there was one. */
export async function actOnSignIn(
  c: PageContext,
  id: string,
  act: (context: AccountsContext, id: string) => Promise<unknown>,
): Promise<Response> {
  const context = c.get('deps').accounts
  try {
    await act(context, id)
  } catch (error) {
    const refusal = refusalOf(c, error)
    return await signInDialog(c, await getAuthorization(context, id), refusal)
  }
  if (!isPartial(c)) return seeOther(c, `/authorizations/${id}`)
  return await signInDialog(c, await getAuthorization(context, id))
}

/** The dialog of a sign-in as it is now, also for acts of other files. */
export async function signInDialog(
  c: PageContext,
  authorization: AuthorizationView,
  error: RefusalWords | null = null,
): Promise<Response> {
  const view = { ...viewOf(c), now: c.get('deps').accounts.clock.now() }
  const { completedAccountId, status, method } = authorization
  const cliSignIn = status === 'pending' ? await viewCliSignIn(c.get('deps').accounts, authorization) : null
  const completed =
    completedAccountId === null ? null : await getAccount(c.get('deps').accounts, completedAccountId).catch(() => null)
  return await respondDialog(c, {
    title: view.t.signIn.title(authorization.providerName),
    content: (
      <SignInDialog
        view={view}
        authorization={authorization}
        cliSignIn={cliSignIn}
        completedName={completed && accountTitle(view, completed)}
        error={status === 'failed' ? null : error}
      />
    ),
    status: error?.status,
    reloadSeconds: status === 'pending' && method !== 'paste' && !cliSignIn?.takesCode ? RELOAD_SECONDS : undefined,
  })
}
