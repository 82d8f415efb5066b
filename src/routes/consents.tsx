/** @jsxImportSource #html */
/** The owner's "I understand", given once, after which the sign-in that asked for it goes on. */

import { Hono } from 'hono'
import { giveConsent } from '../accounts/consent.ts'
import { begin, beginFields } from './authorizations.tsx'
import type { AppEnvironment } from './dependencies.ts'

export const consentRoutes = new Hono<AppEnvironment>().post('/consents', async (c) => {
  const fields = await beginFields(c)
  await giveConsent(c.get('deps').accounts, fields.provider, c.get('actor'))
  return await begin(c, fields)
})
