/** @jsxImportSource #html */
/** Adding a token by pasting it. What was pasted is never shown again, also not after a refusal. */

import { Hono } from 'hono'
import { addToken } from '../accounts/add-token.ts'
import { AccountError } from '../accounts/errors.ts'
import { Secret } from '../lib/secret.ts'
import { AddTokenDialog, TOKEN_KINDS, type TokenKind } from '../views/dialogs/add-token-dialog.tsx'
import type { AppEnvironment } from './dependencies.ts'
import { formFields, type PageContext, providerChoices, refusalOf, respondDialog } from './page-parts.tsx'
import { seeOther, viewOf } from './respond.tsx'

export const addedTokenRoutes = new Hono<AppEnvironment>()
  .get(
    '/added-tokens/new',
    async (c) => await tokenDialog(c, { provider: c.req.query('provider'), kind: c.req.query('kind') }, null),
  )
  .post('/added-tokens', async (c) => {
    const fields = await formFields(c)
    const secret = (text: string | undefined) => (text ? new Secret(text) : undefined)
    try {
      const accessToken = secret(fields.access_token)
      if (!accessToken) throw new AccountError('token_missing', { field: viewOf(c).t.token.accessToken })
      await addToken(c.get('deps').accounts, {
        provider: fields.provider ?? '',
        kind: kindOf(fields.kind),
        accessToken,
        refreshToken: secret(fields.refresh_token),
        idToken: secret(fields.id_token),
        expiresAt: instantOf(fields.expires_at),
        label: fields.label || undefined,
        actor: c.get('actor'),
      })
    } catch (error) {
      return await tokenDialog(c, fields, refusalOf(c, error))
    }
    return seeOther(c, '/?done=token_added')
  })

async function tokenDialog(
  c: PageContext,
  fields: { provider?: string; kind?: string; label?: string },
  error: { title: string; detail: string; status: number } | null,
): Promise<Response> {
  const view = viewOf(c)
  const providers = providerChoices(c)
  const provider = providers.find(({ id }) => id === fields.provider)?.id ?? providers[0]?.id ?? ''
  return await respondDialog(c, {
    title: view.t.token.title,
    content: (
      <AddTokenDialog
        view={view}
        providers={providers}
        provider={provider}
        kind={kindOf(fields.kind)}
        label={fields.label}
        error={error}
      />
    ),
    status: error?.status,
  })
}

function kindOf(text: string | undefined): TokenKind {
  return TOKEN_KINDS.find((kind) => kind === text) ?? 'access_token'
}

/** The instant of a date field, in the machine's time zone, which on a personal machine is the browser's. */
function instantOf(text: string | undefined): number | undefined {
  const at = text ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : at
}
