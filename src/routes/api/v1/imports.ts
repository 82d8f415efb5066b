/** Credential files of this machine for programs: what was found, and linking or taking over one of them. */

import type { ImportCandidate } from '../../../accounts/import-candidate.ts'
import { listCandidates } from '../../../accounts/import-candidates.ts'
import { linkAccount } from '../../../accounts/link-account.ts'
import { changeOtherHomes, getOtherHomes } from '../../../accounts/other-homes.ts'
import { takeOverAccount } from '../../../accounts/take-over-account.ts'
import { SECOND_MS } from '../../../lib/clock.ts'
import { adviceText } from '../../../messages/advice.ts'
import type { Language } from '../../../messages/languages.ts'
import { accountJson } from './account-json.ts'
import { rfc3339 } from './instants.ts'
import { apiRoute } from './route.ts'
import * as schemas from './schemas.ts'

export const importRoutes = [
  apiRoute({
    method: 'get',
    path: '/api/imports/candidates',
    summary: 'Credential files found on this machine',
    answer: { status: 200, description: 'Candidates', schema: schemas.importCandidate, isList: true },
    handle: async (call) => (await listCandidates(call.context)).map((found) => candidateJson(found, call)),
  }),
  apiRoute({
    method: 'get',
    path: '/api/imports/homes',
    summary: 'Other homes that are looked through on this machine',
    answer: { status: 200, description: 'Absolute paths', schema: schemas.otherHomes },
    handle: async ({ context }) => ({ homes: await getOtherHomes(context) }),
  }),
  apiRoute({
    method: 'post',
    path: '/api/imports/homes',
    summary: 'Name the other homes anew, all at once',
    body: schemas.otherHomes,
    answer: { status: 200, description: 'As they are now', schema: schemas.otherHomes },
    handle: async ({ context, body, actor }) => ({ homes: await changeOtherHomes(context, body.homes, actor) }),
  }),
  apiRoute({
    method: 'post',
    path: '/api/imports',
    summary: 'Link a credential file, or take over what it holds',
    body: schemas.importRequest,
    answer: { status: 201, description: 'The account', schema: schemas.account },
    async handle(call) {
      const { provider, path, mode, label } = call.body
      const wanted = { provider, path, label, actor: call.actor }
      const account =
        mode === 'link' ? await linkAccount(call.context, wanted) : await takeOverAccount(call.context, wanted)
      return accountJson(account, call)
    },
  }),
]

function candidateJson(found: ImportCandidate, { language, now }: { language: Language; now: number }) {
  const { identity } = found
  const adviceParams = {
    path: found.path,
    email: identity?.email ?? null,
    usedBy: found.usedBy?.join(', ') ?? null,
    tool: found.entry?.tool ?? null,
  }
  return {
    path: found.path,
    provider: found.provider,
    kind: found.kind,
    store: found.store,
    store_item: found.storeItem,
    state: found.state,
    entry: found.entry,
    advice: adviceText(language, found.advice, adviceParams),
    advice_code: found.advice,
    identity: identity && {
      subject: identity.subject,
      organization: identity.organizationId ? { id: identity.organizationId, name: identity.organizationName } : null,
      email: identity.email,
      plan: identity.plan,
    },
    modified_at: rfc3339(found.modifiedAt),
    age_seconds: found.modifiedAt === null ? null : Math.max(0, Math.floor((now - found.modifiedAt) / SECOND_MS)),
    access_token_expires_at: rfc3339(found.accessTokenExpiresAt),
    login_expires_at: rfc3339(found.loginExpiresAt),
    used_by: found.usedBy,
    account_id: found.accountId,
    can_link: found.canLink,
    can_take_over: found.canTakeOver,
    can_read_keychain: found.canReadKeychain,
  }
}
