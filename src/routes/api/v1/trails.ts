/** The trails for programs: what happened, whether that is whole, which calls went to providers, and every generation. */

import { listActivity, verifyAuditTrail } from '../../../accounts/audit-trail.ts'
import { listCalls } from '../../../accounts/call-ledger.ts'
import { accountLineage, type Generation } from '../../../accounts/lineage.ts'
import type { Language } from '../../../messages/languages.ts'
import { generationText } from '../../../messages/lineage.ts'
import { rfc3339 } from './instants.ts'
import { accountId, apiRoute } from './route.ts'
import * as schemas from './trail-schemas.ts'

const PAGE_LENGTH = 100

export const trailRoutes = [
  apiRoute({
    method: 'get',
    path: '/api/audit',
    summary: 'What happened, newest first',
    query: schemas.auditQuery,
    answer: { status: 200, description: 'Chained events', schema: schemas.auditEvent, isList: true },
    async handle({ context, query }) {
      const events = await listActivity(context, { accountId: query.account, kind: query.kind, ...pageOf(query) })
      return events.map(({ at, accountId, isChained, ...event }) => ({
        ...event,
        at: rfc3339(at),
        account_id: accountId,
        chained: isChained,
      }))
    },
  }),
  apiRoute({
    method: 'get',
    path: '/api/audit/verification',
    summary: 'Whether the history is whole: checks every event against the chain and its sealed head',
    answer: { status: 200, description: 'What was found', schema: schemas.auditVerification },
    async handle({ context }) {
      const { isWhole, events, pending, findingCount, findings, durationMs } = await verifyAuditTrail(context)
      return {
        whole: isWhole,
        events,
        pending,
        finding_count: findingCount,
        findings: findings.map(({ kind, firstId, lastId }) => ({ kind, first_id: firstId, last_id: lastId })),
        duration_ms: durationMs,
      }
    },
  }),
  apiRoute({
    method: 'get',
    path: '/api/calls',
    summary: 'Calls made to providers in the last 90 days, newest first',
    query: schemas.callQuery,
    answer: { status: 200, description: 'Calls', schema: schemas.providerCall, isList: true },
    async handle({ context, query }) {
      const calls = await listCalls(context, { accountId: query.account, provider: query.provider, ...pageOf(query) })
      return calls.map(({ at, accountId, httpStatus, durationMs, budgetLeft, ...call }) => ({
        ...call,
        at: rfc3339(at),
        account_id: accountId,
        http_status: httpStatus,
        duration_ms: durationMs,
        budget_left: budgetLeft,
      }))
    },
  }),
  apiRoute({
    method: 'get',
    path: '/api/accounts/:id/lineage',
    summary:
      'Every generation of an account’s logins: how it came and how it went; also of an account that was removed',
    answer: { status: 200, description: 'Generations', schema: schemas.lineage },
    async handle(call) {
      const { context, language } = call
      const { generations, losses } = await accountLineage(context, await accountId(call))
      const inWords = (generation: Generation) => generationJson(generation, language)
      return { generations: generations.map(inWords), losses: losses.map(inWords) }
    },
  }),
]

function pageOf({ before, limit }: { before?: string; limit?: string }): { before?: number; limit: number } {
  return { before: before === undefined ? undefined : Number(before), limit: Number(limit ?? PAGE_LENGTH) }
}

function generationJson(generation: Generation, language: Language) {
  const { grantId, how, custody, actor, why, at, accessTokenExpiresAt, ended } = generation
  return {
    grant_id: grantId,
    generation: generation.generation,
    how,
    custody,
    actor,
    why,
    at: rfc3339(at),
    access_token_expires_at: rfc3339(accessTokenExpiresAt),
    ended: ended && { how: ended.how, at: rfc3339(ended.at), why: ended.why },
    sentence: generationText(language, generation),
  }
}
