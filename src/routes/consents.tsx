/** @jsxImportSource #html */
/** The owner's "I understand", given once, after which the sign-in that asked for it goes on. */

import { Hono } from 'hono'
import { giveConsent } from '../accounts/consent.ts'
import { begin } from './authorizations.tsx'
import type { AppEnvironment } from './dependencies.ts'
import { formFields } from './page-parts.tsx'

export const consentRoutes = new Hono<AppEnvironment>().post('/consents', async (c) => {
  const { provider = '', account, method, variant, label } = await formFields(c)
  await giveConsent(c.get('deps').accounts, provider, c.get('actor'))
  const fields = { accountId: account || null, method: method || null, variant: variant || null }
  return await begin(c, { provider, ...fields, label: label || null })
})
