/** Profiles for programs: directories of their own for accounts, and the environment in which a CLI runs as an account. */

import { environmentOfAccount } from '../../../switching/profile-environment.ts'
import { listProfiles, type ProfileView } from '../../../switching/profile-list.ts'
import { makeProfile } from '../../../switching/profile-make.ts'
import { type ProfileRemoval, previewProfileRemoval, removeProfile } from '../../../switching/profile-remove.ts'
import { rfc3339 } from './instants.ts'
import * as schemas from './profile-schemas.ts'
import { accountId, apiRoute } from './route.ts'

export const profileRoutes = [
  apiRoute({
    method: 'get',
    path: '/api/profiles',
    summary: 'Directories of their own for accounts, on this machine',
    answer: { status: 200, description: 'Profiles, oldest first', schema: schemas.profile, isList: true },
    handle: async ({ context }) => (await listProfiles(context)).map(profileJson),
  }),
  apiRoute({
    method: 'post',
    path: '/api/accounts/:id/profile',
    summary: 'The profile of an account, made and given its login when it has none',
    body: schemas.profileRequest,
    answer: { status: 201, description: 'The profile', schema: schemas.profile },
    async handle(call) {
      const { context, actor, body } = call
      return profileJson(await makeProfile(context, { accountId: await accountId(call), shared: body.shared, actor }))
    },
  }),
  apiRoute({
    method: 'get',
    path: '/api/accounts/:id/environment',
    summary: 'The environment in which the CLI runs as this account',
    answer: { status: 200, description: 'Variables to set and to unset', schema: schemas.accountEnvironment },
    async handle(call) {
      const found = await environmentOfAccount(call.context, await accountId(call))
      const { accountId: id, accountName, provider, cli, directory, set, unset, tokenVariable } = found
      const named = { account_id: id, account_name: accountName, provider, cli, directory }
      return { ...named, set, unset, token_variable: tokenVariable }
    },
  }),
  apiRoute({
    method: 'get',
    path: '/api/profiles/:id/removal',
    summary: 'What removing a profile would do',
    answer: { status: 200, description: 'Nothing was changed', schema: schemas.profileRemoval },
    handle: async ({ context, param }) => removalJson(await previewProfileRemoval(context, param('id'))),
  }),
  apiRoute({
    method: 'delete',
    path: '/api/profiles/:id',
    summary: 'Take the login of a profile back, and remove its directory',
    query: schemas.profileRemovalQuery,
    answer: { status: 200, description: 'What was removed', schema: schemas.profileRemoval },
    async handle({ context, param, query, actor }) {
      const losesLogin = query.lose_login === 'true'
      return removalJson(await removeProfile(context, { profileId: param('id'), losesLogin, actor }))
    },
  }),
]

function profileJson(profile: ProfileView) {
  return {
    id: profile.id,
    provider: profile.provider,
    directory: profile.directory,
    path: profile.path,
    account_id: profile.accountId,
    account_name: profile.accountName,
    identity: profile.identity,
    state: profile.state,
    holds_login: profile.isHolder,
    used_by: profile.usedBy,
    shared: profile.shared,
    created_at: rfc3339(profile.createdAt),
  }
}

function removalJson({ profile, login, files, bytes }: ProfileRemoval) {
  return { profile_id: profile.id, account_id: profile.accountId, login, used_by: profile.usedBy, files, bytes }
}
