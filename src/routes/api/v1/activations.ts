/** Handing accounts to CLIs, for programs: plan, act, take back, undo. */

import { errorText } from '../../../messages/errors.ts'
import { switchWarningText } from '../../../messages/switch-warnings.ts'
import { activateAccount } from '../../../switching/activate-account.ts'
import { type BackupView, listBackups } from '../../../switching/backups.ts'
import { clearDirectory, deactivateAccount } from '../../../switching/clear-place.ts'
import { type ActivationPlan, planActivation } from '../../../switching/plan-activation.ts'
import { restoreBackup } from '../../../switching/restore-backup.ts'
import { type RunningPlace, runningNow } from '../../../switching/running-now.ts'
import * as schemas from './activation-schemas.ts'
import { rfc3339 } from './instants.ts'
import { type ApiCall, accountId, apiRoute } from './route.ts'

export const activationRoutes = [
  apiRoute({
    method: 'get',
    path: '/api/accounts/:id/activation',
    summary: 'What activating an account would do',
    query: schemas.planQuery,
    answer: { status: 200, description: 'The plan; nothing was changed', schema: schemas.plan },
    async handle(call) {
      const { context, query } = call
      return planJson(await planActivation(context, { accountId: await accountId(call), ...query }), call)
    },
  }),
  apiRoute({
    method: 'post',
    path: '/api/accounts/:id/activation',
    summary: 'Hand an account to its CLI, and verify that it is there',
    body: schemas.activationRequest,
    answer: { status: 200, description: 'Verified', schema: schemas.activation },
    async handle(call) {
      const { context, body, actor } = call
      const done = await activateAccount(context, { accountId: await accountId(call), ...body, actor })
      const { activationId, accountId: id, verifiedAs, verifiedBy, backupId } = done
      const verified = { verified_as: verifiedAs, verified_by: verifiedBy }
      return { activation_id: activationId, account_id: id, ...verified, backup_id: backupId }
    },
  }),
  apiRoute({
    method: 'delete',
    path: '/api/accounts/:id/activation',
    summary: 'Take an account back from the CLI that holds it; nothing is revoked',
    answer: { status: 200, description: 'What was taken back', schema: schemas.clearing },
    async handle(call) {
      return clearingJson(
        await deactivateAccount(call.context, { accountId: await accountId(call), actor: call.actor }),
      )
    },
  }),
  apiRoute({
    method: 'get',
    path: '/api/running',
    summary: 'Which login each CLI of this machine has now',
    answer: {
      status: 200,
      description: 'The CLIs’ own places, and profiles in use',
      schema: schemas.running,
      isList: true,
    },
    handle: async ({ context }) => (await runningNow(context)).map(runningJson),
  }),
  apiRoute({
    method: 'get',
    path: '/api/running/:provider',
    summary: 'What emptying a CLI’s place would do',
    query: schemas.planQuery,
    answer: { status: 200, description: 'The plan; nothing was changed', schema: schemas.plan },
    async handle(call) {
      const { context, query, param } = call
      return planJson(await planActivation(context, { accountId: null, provider: param('provider'), ...query }), call)
    },
  }),
  apiRoute({
    method: 'delete',
    path: '/api/running/:provider',
    summary: 'Empty a CLI’s place; nothing is revoked',
    query: schemas.planQuery,
    answer: { status: 200, description: 'What was taken back', schema: schemas.clearing },
    handle: async ({ context, query, param, actor }) =>
      clearingJson(await clearDirectory(context, { provider: param('provider'), ...query, actor })),
  }),
  apiRoute({
    method: 'get',
    path: '/api/backups',
    summary: 'What switches of the last 30 days replaced on this machine',
    answer: { status: 200, description: 'Newest first', schema: schemas.backup, isList: true },
    handle: async ({ context }) => (await listBackups(context)).map(backupJson),
  }),
  apiRoute({
    method: 'post',
    path: '/api/backups/:id/restoration',
    summary: 'Undo a switch',
    answer: { status: 200, description: 'What is there again', schema: schemas.restoration },
    async handle({ context, param, actor }) {
      const done = await restoreBackup(context, { backupId: param('id'), actor })
      return {
        activation_id: done.activationId,
        account_id: done.accountId,
        verified_as: done.verifiedAs,
        verified_by: done.verifiedBy,
        backup_id: done.backupId,
        is_exact: done.isExact,
      }
    },
  }),
]

function planJson(plan: ActivationPlan, { language, now }: Pick<ApiCall<unknown, unknown>, 'language' | 'now'>) {
  const { incoming, outgoing, refusal } = plan
  return {
    ...{ provider: plan.provider, cli: plan.cli, directory: plan.directory },
    incoming: incoming && {
      ...{ account_id: incoming.accountId, name: incoming.name, refreshed_first: incoming.isRefreshedFirst },
    },
    outgoing: outgoing && { account_id: outgoing.accountId, name: outgoing.name, fate: outgoing.fate },
    files: plan.files.map(({ path, isNew, isRemoved, changes }) => ({
      ...{ path, is_new: isNew, is_removed: isRemoved, changes },
    })),
    warnings: plan.warnings.map((warning) => ({ code: warning.code, text: switchWarningText(language, warning) })),
    refusal: refusal && { code: refusal.code, ...errorText(language, refusal.code, refusal.params, now) },
  }
}

function clearingJson({ accountIds, backupId }: { accountIds: string[]; backupId: string | null }) {
  return { account_ids: accountIds, backup_id: backupId }
}

function runningJson({ holder, usedBy, ...place }: RunningPlace) {
  return { ...place, holder: holderJson(holder), used_by: usedBy }
}

function backupJson({
  activationId,
  isUndo,
  verifiedAs,
  at,
  expiresAt,
  restoredAt,
  previous,
  next,
  ...rest
}: BackupView) {
  return {
    ...{ id: rest.id, provider: rest.provider, directory: rest.directory, paths: rest.paths },
    ...{ activation_id: activationId, previous: holderJson(previous), next: holderJson(next) },
    ...{ is_undo: isUndo, verified_as: verifiedAs },
    ...{ at: rfc3339(at), expires_at: rfc3339(expiresAt), restored_at: rfc3339(restoredAt) },
  }
}

function holderJson<T extends { accountId: string | null; name: string } | null>(holder: T) {
  return holder && { account_id: holder.accountId, name: holder.name }
}
