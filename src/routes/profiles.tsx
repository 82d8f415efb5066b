/** @jsxImportSource #html */
/** Profiles for people: made for an account, and removed, each after its consequences were named. */

import { Hono } from 'hono'
import { getAccount } from '../accounts/list-accounts.ts'
import { makeProfile, SHARED_BY_DEFAULT } from '../switching/profile-make.ts'
import { previewProfileRemoval, removeProfile } from '../switching/profile-remove.ts'
import { SHARED_KINDS } from '../switching/profile-sharing.ts'
import { NewProfileDialog, ProfileRemovalDialog } from '../views/dialogs/profile-dialogs.tsx'
import type { AppEnvironment } from './dependencies.ts'
import { formFields, type PageContext, refusalOf, respondDialog } from './page-parts.tsx'
import { seeOther, viewOf } from './respond.tsx'

type Refusal = { title: string; detail: string; status: number } | null

export const profileRoutes = new Hono<AppEnvironment>()
  .get('/accounts/:id/profiles/new', async (c) => await newDialog(c, c.req.param('id'), null))
  .post('/accounts/:id/profiles', async (c) => {
    const accountId = c.req.param('id')
    const fields = await formFields(c)
    const shared = SHARED_KINDS.filter((kind) => fields[`share_${kind}`] === 'yes')
    try {
      await makeProfile(c.get('deps').accounts, { accountId, shared, actor: c.get('actor') })
    } catch (error) {
      return await newDialog(c, accountId, refusalOf(c, error))
    }
    return seeOther(c, `/accounts/${accountId}`)
  })
  .get('/profiles/:id/removals/new', async (c) => await removalDialog(c, c.req.param('id'), null))
  .post('/profiles/:id/removals', async (c) => {
    const profileId = c.req.param('id')
    const losesLogin = (await formFields(c)).lose_login === 'yes'
    try {
      const request = { profileId, losesLogin, actor: c.get('actor') }
      const { profile } = await removeProfile(c.get('deps').accounts, request)
      return seeOther(c, profile.accountId === null ? '/settings' : `/accounts/${profile.accountId}`)
    } catch (error) {
      return await removalDialog(c, profileId, refusalOf(c, error))
    }
  })

async function newDialog(c: PageContext, accountId: string, error: Refusal): Promise<Response> {
  const view = viewOf(c)
  const account = await getAccount(c.get('deps').accounts, accountId)
  const kinds = SHARED_KINDS.map((kind) => ({ kind, isDefault: SHARED_BY_DEFAULT.includes(kind) }))
  return await respondDialog(c, {
    title: view.t.profiles.make,
    content: <NewProfileDialog view={view} account={account} kinds={kinds} error={error} />,
    status: error?.status,
  })
}

async function removalDialog(c: PageContext, profileId: string, error: Refusal): Promise<Response> {
  const view = viewOf(c)
  const removal = await previewProfileRemoval(c.get('deps').accounts, profileId)
  return await respondDialog(c, {
    title: view.t.profiles.removeTitle,
    content: <ProfileRemovalDialog view={view} removal={removal} error={error} />,
    status: error?.status,
  })
}
