/** The lineage: every generation is there with how it came and went, written in the commit that it tells of. */

import { eq, sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { grants } from '../db/schema.ts'
import { retireMovedLogins, settleRestored } from '../db/transfer-store.ts'
import { Secret } from '../lib/secret.ts'
import { LANGUAGES } from '../messages/languages.ts'
import { generationText } from '../messages/lineage.ts'
import { connectPerson, currentGrant } from '../testing/connected-account.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { answerPlace } from './grant-tokens.ts'
import { accountLineage } from './lineage.ts'
import { recoverAttempts } from './recover-attempts.ts'
import { refreshGrant } from './refresh-grant.ts'
import { removeAccount } from './remove-account.ts'

let world: TestContext
beforeEach(async () => {
  world = await createTestContext()
})
afterEach(() => world.close())

const ASKED = { purpose: 'requested', actor: 'browser' } as const
const HOUR_MS = 3_600_000

/** Oldest first: `#1 signed_in → replaced`. */
async function story(accountId: string): Promise<string[]> {
  const { generations } = await accountLineage(world.context, accountId)
  return generations.toReversed().map(({ generation, how, why, ended }) => {
    const end = ended ? `${ended.how}${ended.why ? ` (${ended.why})` : ''}` : 'current'
    return `#${generation} ${how} (${why}) → ${end}`
  })
}

test('an account that never was has no lineage', async () => {
  await expect(accountLineage(world.context, 'acc_none')).rejects.toMatchObject({ code: 'account_not_found' })
})

test('a login that is refreshed and refused says so, generation by generation', async () => {
  const { accountId, family } = await connectPerson(world)
  await world.clock.advance(8 * HOUR_MS)
  await refreshGrant(world.context, accountId, ASKED)
  await world.clock.advance(8 * HOUR_MS)
  family.revokedAt = world.clock.now()
  await refreshGrant(world.context, accountId, { purpose: 'scheduled', actor: 'scheduler' })
  expect(await story(accountId)).toEqual([
    '#1 signed_in (callback) → replaced (refreshed)',
    '#2 refreshed (requested) → refused (invalid_grant)',
  ])
  const { losses } = await accountLineage(world.context, accountId)
  expect(losses).toMatchObject([
    { generation: 2, actor: 'browser', ended: { how: 'refused', at: world.clock.now(), why: 'invalid_grant' } },
  ])
  await connectPerson(world)
  expect((await story(accountId)).at(-1)).toBe('#1 signed_in (callback) → current')
  expect((await accountLineage(world.context, accountId)).losses).toHaveLength(1)
})

test('a login whose answer was lost is lost, not refused', async () => {
  const { accountId } = await connectPerson(world)
  await world.clock.advance(8 * HOUR_MS)
  world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'drop_after' } })
  await refreshGrant(world.context, accountId, ASKED)
  expect((await story(accountId)).at(-1)).toBe('#1 signed_in (callback) → current')
  await world.clock.advance(HOUR_MS)
  await refreshGrant(world.context, accountId, { purpose: 'retry_after_unknown', actor: 'scheduler' })
  expect((await story(accountId)).at(-1)).toBe('#1 signed_in (callback) → lost (invalid_grant)')
})

test('signing in again retires, removing removes, and the lineage outlives the account', async () => {
  const { accountId } = await connectPerson(world)
  await connectPerson(world)
  await removeAccount(world.context, accountId, { revoke: false, actor: 'browser' })
  expect(await story(accountId)).toEqual([
    '#1 signed_in (callback) → retired (signed_in)',
    '#1 signed_in (callback) → removed',
  ])
})

test('a generation that did not become durable is in no lineage', async () => {
  const { accountId } = await connectPerson(world)
  await world.clock.advance(8 * HOUR_MS)
  const { database } = world.context
  const { id } = await currentGrant(world.context, accountId)
  const { send } = world.context.transport
  world.context.transport.send = async (request) => {
    const answer = await send(request)
    // Somebody else stored a successor while the answer was on its way.
    await database.update(grants).set({ generation: 7 }).where(eq(grants.id, id))
    return answer
  }
  await refreshGrant(world.context, accountId, ASKED)
  expect(await story(accountId)).toEqual(['#1 signed_in (callback) → current'])
})

test('a database that refuses the lineage refuses the generation with it: the two are one commit', async () => {
  const { accountId } = await connectPerson(world)
  await world.context.database.run(
    sql`create trigger no_lineage before insert on generations begin select raise(abort, 'no'); end`,
  )
  await expect(connectPerson(world)).rejects.toMatchObject({ code: expect.any(String) })
  expect(await story(accountId)).toEqual(['#1 signed_in (callback) → current'])
  expect((await currentGrant(world.context, accountId)).retiredAt).toBeNull()
})

test('an answer that was kept and applied at the next start is a generation like any other', async () => {
  const { accountId, family } = await connectPerson(world)
  const grant = await currentGrant(world.context, accountId)
  await world.clock.advance(8 * HOUR_MS)
  const body = JSON.stringify({ access_token: 'sk-ant-oat01-FAKE-late', refresh_token: 'sk-ant-ort01-FAKE-late' })
  expect(family).toBeDefined()
  await world.context.database.run(sql`insert into inbox
    (id, account_id, grant_id, generation, parent_fingerprint, answer_sealed, received_at) values ('ans_1', ${accountId},
    ${grant.id}, 1, ${grant.refreshTokenFingerprint},
    ${world.context.vault.seal(answerPlace(accountId, 1), new Secret(body))}, ${world.clock.now()})`)
  expect(await recoverAttempts(world.context)).toMatchObject({ applied: 1, quarantined: 0 })
  expect(await recoverAttempts(world.context)).toMatchObject({ applied: 0, quarantined: 0 })
  expect(await story(accountId)).toEqual([
    '#1 signed_in (callback) → replaced (refreshed)',
    '#2 refreshed (kept_answer) → current',
  ])
})

test('a login that was moved away, left behind or restored says so', async () => {
  const event = { at: 5, accountId: null, actor: 'cli', kind: 'restore.same', details: {} }
  const restore = { source: 'mac_desk', here: null, event }
  const { database } = world.context
  const ada = await connectPerson(world)
  await settleRestored(database, { ...restore, logins: 'same' })
  expect(await story(ada.accountId)).toEqual([
    '#1 signed_in (callback) → replaced (restored)',
    '#1 restored (mac_desk) → current',
  ])
  const brook = await connectPerson(world, 'brook', { custody: 'cli', origin: 'link' })
  await settleRestored(database, { ...restore, logins: 'moved', event: { ...event, at: 6 } })
  expect((await story(ada.accountId)).at(-1)).toBe('#1 restored (mac_desk) → current')
  expect(await story(brook.accountId)).toEqual(['#1 linked (link) → retired (not_restored)'])
  await retireMovedLogins(database, { ...event, at: 7, kind: 'export.moved_away' })
  expect((await story(ada.accountId)).at(-1)).toBe('#1 restored (mac_desk) → retired (moved_away)')
  // Both are told among the sign-outs, newest first.
  const { losses } = await accountLineage(world.context, ada.accountId)
  expect(losses).toMatchObject([{ ended: { why: 'moved_away', at: 7 } }])
  for (const language of LANGUAGES) {
    const words = losses.map((loss) => generationText(language, loss)).join()
    expect(words).not.toContain('moved_away')
  }
})
