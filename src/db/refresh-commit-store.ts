/**
 * The commit that makes a good answer durable: the grant, the answer, its attempt and the history at once. Its statements
 * are built ahead, because nothing but sealing and this write may come between the last byte of an answer and the disk.
 */

import { and, eq, isNull, sql } from 'drizzle-orm'
import { type NextGeneration, type RunningAttempt, releaseLease, type SealedAnswer } from './attempt-store.ts'
import type { Database } from './client.ts'
import { beginGeneration, endGeneration } from './generation-store.ts'
import { commitWithOthers } from './group-commit.ts'
import { type Given, keptQuery, runKeptTogether } from './kept-query.ts'
import { query } from './query.ts'
import { attempts, grants, inbox } from './schema.ts'
import { auditEvents } from './schema-trails.ts'

/**
 * Makes a good answer durable: the grant's next generation by compare-and-swap on the refresh token that was spent, the
 * sealed answer, the attempt and the history, in one commit. It does not ask who holds the lease, because whoever spent
 * the parent holds its only child. Running it again after an error whose commit did happen changes nothing.
 *
 * Shape:  → 'applied', or 'superseded' when the grant had moved on: the answer is then kept in quarantine
 * Errors: StoreError; the answer must be kept in memory and this be tried again
 */
export async function commitRefresh(
  database: Database,
  attempt: RunningAttempt,
  answer: SealedAnswer,
  next: NextGeneration,
  details: Record<string, string | number | boolean | null>,
  actor: string,
): Promise<'applied' | 'superseded'> {
  const { id, grantId, accountId, leaseEpoch, owner, parentFingerprint } = attempt
  const values: CommitValues = {
    ...next,
    ...{ attemptId: id, grantId, accountId, parentFingerprint, actor, answerId: answer.id, at: answer.receivedAt },
    ...{ parentGeneration: attempt.generation, generation: attempt.generation + 1, answerSealed: answer.answerSealed },
    ...{ details: JSON.stringify(details), why: String(details.purpose ?? '') },
  }
  const [updated] = await query(() =>
    commitWithOthers(database, [
      nextGenerationQuery(next)(database, values),
      KEEP_ANSWER(database, values),
      // Before the attempt says that it is done, so that a second run does not tell it twice.
      TELL_REFRESHED(database, values),
      END_ATTEMPT(database, values),
      END_PARENT(database, values),
      BEGIN_CHILD(database, values),
    ]),
  )
  if (updated!.rows.length === 1) return 'applied'
  // Nothing to update: a former try did commit, or the grant had moved on, and then the lease is still ours to give back.
  const [, applied] = await query(() =>
    runKeptTogether(database, [
      RELEASE_LEASE(database, { grantId, leaseEpoch, owner }),
      FIND_APPLIED(database, values),
    ]),
  )
  return applied!.rows.length > 0 ? 'applied' : 'superseded'
}

type CommitValues = NextGeneration & {
  attemptId: string
  grantId: string
  accountId: string
  parentFingerprint: string
  parentGeneration: number
  generation: number
  answerId: string
  answerSealed: string
  at: number
  actor: string
  details: string
  why: string
}

const nextGenerationQueries = new Map<string, ReturnType<typeof keptQuery<CommitValues>>>()

/** One query for each set of columns: an answer that waited in a spool may know others than those of today. */
function nextGenerationQuery(next: NextGeneration) {
  const columns = Object.keys(next) as (keyof NextGeneration)[]
  const name = columns.join()
  let made = nextGenerationQueries.get(name)
  if (!made) {
    made = keptQuery<CommitValues>((database, given) =>
      database
        .update(grants)
        .set({
          ...Object.fromEntries(columns.map((column) => [column, given(column)])),
          generation: given('generation'),
          leaseOwner: null,
          leaseUntil: null,
        })
        .where(
          and(
            eq(grants.id, given('grantId')),
            eq(grants.generation, given('parentGeneration')),
            eq(grants.refreshTokenFingerprint, given('parentFingerprint')),
            isNull(grants.retiredAt),
          ),
        )
        .returning({ id: grants.id }),
    )
    nextGenerationQueries.set(name, made)
  }
  return made
}

/** True when the grant holds what this answer brought. */
const isApplied = (given: Given<CommitValues>) => sql`exists (select 1 from grants where id = ${given('grantId')}
  and generation = ${given('generation')} and access_token_fingerprint = ${given('accessTokenFingerprint')})`

const KEEP_ANSWER = keptQuery<CommitValues>((database, given) =>
  database.run(sql`insert or ignore into ${inbox} (id, account_id, grant_id, generation, parent_fingerprint, answer_sealed,
    received_at, applied_at, quarantined_at, quarantine_reason)
    select ${given('answerId')}, ${given('accountId')}, ${given('grantId')}, ${given('parentGeneration')},
    ${given('parentFingerprint')}, ${given('answerSealed')}, ${given('at')}, case when applied then ${given('at')} end,
    case when not applied then ${given('at')} end, case when not applied then 'superseded' end
    from (select ${isApplied(given)} as applied)`),
)

const TELL_REFRESHED = keptQuery<CommitValues>((database, given) =>
  database.run(sql`insert into ${auditEvents} (at, account_id, kind, actor, details)
    select ${given('at')}, ${given('accountId')}, 'grant.refreshed', ${given('actor')}, ${given('details')}
    where ${isApplied(given)}
    and not exists (select 1 from ${attempts} where id = ${given('attemptId')} and outcome = 'done')`),
)

const END_ATTEMPT = keptQuery<CommitValues>((database, given) =>
  database.run(sql`update ${attempts} set outcome = case when ${isApplied(given)} then 'done' else 'quarantined' end,
    http_status = 200, ended_at = ${given('at')} where id = ${given('attemptId')} and outcome <> 'done'`),
)

const END_PARENT = keptQuery<CommitValues>((database, given) =>
  endGeneration(
    database,
    { grantId: given('grantId'), generation: given('parentGeneration') },
    { how: 'replaced', why: 'refreshed', at: given('at') },
    isApplied(given),
  ),
)

const BEGIN_CHILD = keptQuery<CommitValues>((database, given) =>
  beginGeneration(
    database,
    {
      ...{ grantId: given('grantId'), generation: given('generation'), how: 'refreshed' },
      ...{ actor: given('actor'), why: given('why'), at: given('at') },
    },
    isApplied(given),
  ),
)

const FIND_APPLIED = keptQuery<CommitValues>((database, given) =>
  database.select({ id: grants.id }).from(grants).where(isApplied(given)),
)

const RELEASE_LEASE = keptQuery<Pick<RunningAttempt, 'grantId' | 'leaseEpoch' | 'owner'>>((database, given) =>
  releaseLease(database, {
    grantId: given('grantId'),
    leaseEpoch: given('leaseEpoch'),
    owner: given('owner'),
  }),
)
