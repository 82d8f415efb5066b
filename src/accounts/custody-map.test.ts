/** Who holds copies of a login: what is counted, as what, and when it is a conflict. */

import { mkdir, rm, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { keepCopies } from '../db/grant-copy-store.ts'
import { attempts, inbox } from '../db/schema.ts'
import { aCopy } from '../testing/a-copy.ts'
import { type CliMachine, createCliMachine } from '../testing/cli-files.ts'
import { connectPerson, currentGrant } from '../testing/connected-account.ts'
import { currentPair, type FakeFamily, type FakeIssue } from '../testing/fake-grants.ts'
import { blankedClaudeCredentialsJson, claudeCredentialsJson, codexAuthJson } from '../testing/fake-tokens.ts'
import type { AccountsContext } from './context.ts'
import { custodyMap, lookForCopies } from './custody-map.ts'
import { createCredentialFollower } from './follow-credentials.ts'
import { listCandidates } from './import-candidates.ts'
import { linkAccount } from './link-account.ts'
import { getAccount } from './list-accounts.ts'
import { COPY_CONFIRMED_MS } from './observe-file.ts'
import { refreshGrant } from './refresh-grant.ts'
import { takeOverAccount } from './take-over-account.ts'

let machine: CliMachine
let context: AccountsContext

beforeEach(async () => {
  machine = await createCliMachine()
  context = machine.context
})
afterEach(() => machine.close())

const actor = 'browser' as const
const look = () => machine.settled(createCredentialFollower(context).check())
const map = (id: string) => custodyMap(context, id)
const ownership = async (id: string) => (await getAccount(context, id)).ownership
const textOf = (family: FakeFamily) => claudeCredentialsJson({ family, pair: currentPair(family) })
const profile = () => join(context.profilesDirectory, 'claude-0123abcd', '.credentials.json')

/** Ada, signed in here: a family of tokens of our own. */
async function ada(): Promise<{ id: string; family: FakeFamily }> {
  const { accountId, family } = await connectPerson(machine.world, 'ada', { context })
  return { id: accountId, family }
}

describe('what is no copy', () => {
  test('nothing, a blanked file, another account, and another login of the same account', async () => {
    const { id } = await ada()
    await look()
    expect(await map(id)).toMatchObject({ copies: [], isConflict: false })
    await machine.put(machine.claudePath, blankedClaudeCredentialsJson())
    await look()
    expect((await map(id)).copies).toEqual([])
    await machine.put(machine.claudePath, claudeCredentialsJson(machine.signIn('brook')))
    await look()
    expect((await map(id)).copies).toEqual([])
    await machine.put(machine.claudePath, claudeCredentialsJson(machine.signIn('ada')))
    await look()
    expect(await map(id)).toMatchObject({ copies: [{ holds: 'separate', isRival: false }], isConflict: false })
    expect((await ownership(id)).status).toBe('dashboard')
  })

  test('an export, an answer that was set aside, and a copy that is gone', async () => {
    const { id } = await ada()
    const { refreshTokenFingerprint, id: grantId } = await currentGrant(context, id)
    const held = { accountId: id, grantId, refreshTokenFingerprint }
    const exported = { ...held, kind: 'export', place: '/media/stick/file', mayRefresh: false }
    await keepCopies(context.database, [
      aCopy(exported),
      aCopy({ ...held, id: 'cop_gone', goneAt: machine.world.clock.now() }),
    ])
    await context.database.insert(inbox).values({
      ...{ id: 'inb_1', accountId: id, grantId, generation: 1, parentFingerprint: 'x', answerSealed: 'sealed' },
      ...{ receivedAt: 5, quarantinedAt: 5, quarantineReason: 'superseded' },
    })
    const seen = await map(id)
    expect(seen).toMatchObject({
      copies: [{ kind: 'export', holds: 'current', mayRefresh: false, isRival: false }],
      gone: [{ kind: 'cli_file', isRival: false }],
      setAside: [{ id: 'inb_1', generation: 1, reason: 'superseded' }],
      isConflict: false,
    })
    expect(JSON.stringify(seen)).not.toContain('sealed')
    expect((await ownership(id)).status).toBe('dashboard')
  })

  test('the same file under another path', async () => {
    const issue = machine.signIn('ada')
    await mkdir(dirname(dirname(profile())), { recursive: true })
    await mkdir(dirname(profile()))
    await machine.put(profile(), claudeCredentialsJson(issue))
    await symlink(dirname(profile()), dirname(machine.claudePath))
    const { id } = await linkAccount(context, { provider: 'claude', path: profile(), actor })
    await look()
    expect(await map(id)).toMatchObject({ copies: [{ place: profile(), isFollowed: true }], isConflict: false })
    expect((await ownership(id)).status).toBe('cli')
  })

  test('a token that was pasted and cannot be refreshed has no rivals', async () => {
    const { accountId } = await connectPerson(machine.world, 'brook', {
      context,
      custody: 'none',
      origin: 'setup_token',
    })
    await keepCopies(context.database, [aCopy({ accountId })])
    expect(await map(accountId)).toMatchObject({ isConflict: false })
    await expect(map('acc_none')).rejects.toMatchObject({ code: 'account_not_found' })
  })
})

describe('a file that turns up with a copy of a login that is refreshed here', () => {
  test('is found without anybody following it, also in a profile, and is a conflict', async () => {
    const { id, family } = await ada()
    await machine.put(profile(), textOf(family))
    await look()
    expect(await map(id)).toMatchObject({
      own: { generation: 1, mayRefresh: true },
      copies: [{ kind: 'profile', place: profile(), holds: 'current', generation: 1, mayRefresh: true, isRival: true }],
      isConflict: true,
    })
    expect(await ownership(id)).toMatchObject({
      status: 'conflict',
      reason: { code: 'owner_conflict', params: { path: profile() } },
      holders: [{ kind: 'dashboard' }, { kind: 'profile', path: profile(), holds: 'current' }],
    })
    await rm(profile())
    await look()
    expect(await map(id)).toMatchObject({ copies: [], gone: [{ kind: 'profile' }], isConflict: false })
  })

  test('holds an older generation after a refresh here, and that is said', async () => {
    const { id, family } = await ada()
    await machine.put(machine.claudePath, textOf(family))
    await look()
    await machine.world.clock.advance(60_000)
    await refreshGrant(context, id, { purpose: 'requested', actor })
    expect(await map(id)).toMatchObject({ own: { generation: 2 }, copies: [{ holds: 'older', generation: 1 }] })
    expect((await ownership(id)).reason.code).toBe('owner_conflict_older')
    expect((await listCandidates(context))[0]).toMatchObject({ advice: 'conflict', canLink: false })
    // It is looked at again, and nothing of it is adopted.
    await look()
    expect((await machine.held(id)).generation).toBe(2)
  })

  test('that its CLI has renewed is adopted before anything is spent', async () => {
    const { id, family } = await ada()
    await machine.put(machine.claudePath, textOf(family))
    await look()
    const next = await machine.rotate(machine.claudePath, { family, pair: currentPair(family) } as FakeIssue)
    const outcome = await refreshGrant(context, id, { purpose: 'requested', actor })
    expect(outcome).toMatchObject({
      outcome: 'refreshed',
      reason: { code: 'adopted', params: { path: machine.claudePath } },
    })
    expect(machine.world.fake.ledger.count('claude.refresh')).toBe(0)
    expect((await machine.held(id)).refresh).toBe(next.pair.refreshToken!)
    expect(family.revokedAt).toBeNull()
    expect(await map(id)).toMatchObject({ copies: [{ holds: 'current' }], isConflict: true })
  })

  test('and then a token that nobody knows, ending earlier, may be anything: still a conflict', async () => {
    const { id, family } = await ada()
    await machine.put(machine.claudePath, textOf(family))
    await look()
    const other = machine.signIn('ada', { accessTokenLifetimeMs: 60_000 })
    await machine.put(machine.claudePath, claudeCredentialsJson(other))
    await look()
    expect((await map(id)).copies).toMatchObject([{ holds: 'unknown', generation: null, isRival: true }])
    expect((await ownership(id)).reason.code).toBe('owner_conflict_newer')
    // Signed out in between, it is a login of its own.
    await machine.put(machine.claudePath, blankedClaudeCredentialsJson())
    await look()
    await machine.put(machine.claudePath, claudeCredentialsJson(other))
    await look()
    expect((await map(id)).copies).toMatchObject([{ holds: 'separate' }])
  })

  test('a torn file says nothing new', async () => {
    const { id, family } = await ada()
    await machine.put(machine.claudePath, textOf(family))
    await look()
    await machine.put(machine.claudePath, '{"claudeAiOauth":{"acc')
    await look()
    expect(await map(id)).toMatchObject({ copies: [{ holds: 'current' }], isConflict: true })
  })

  test('signing in anew makes it another login', async () => {
    const { id, family } = await ada()
    await machine.put(machine.claudePath, textOf(family))
    await look()
    await connectPerson(machine.world, 'ada', { context })
    expect(await map(id)).toMatchObject({ copies: [{ holds: 'separate' }], isConflict: false })
  })

  test('a copy that stays is confirmed now and then, and told to nobody', async () => {
    const { id, family } = await ada()
    await machine.put(machine.claudePath, textOf(family))
    const follower = createCredentialFollower(context)
    await machine.settled(follower.check())
    const [first] = (await map(id)).copies
    await machine.world.clock.advance(COPY_CONFIRMED_MS - 1)
    await machine.settled(follower.check())
    const events = machine.world.events.length
    expect((await map(id)).copies[0]!.seenAt).toBe(first!.seenAt)
    await machine.world.clock.advance(COPY_CONFIRMED_MS)
    await machine.settled(follower.check())
    expect((await map(id)).copies[0]!.seenAt).toBe(machine.world.clock.now())
    expect(machine.world.events.slice(events)).toEqual([])
  })
})

describe('a login that a CLI owns', () => {
  test('lies in its file alone: no conflict; in a second one: a conflict that names both', async () => {
    const issue = machine.signIn('ada')
    await machine.put(machine.claudePath, claudeCredentialsJson(issue))
    const { id } = await linkAccount(context, { provider: 'claude', actor })
    await look()
    expect(await map(id)).toMatchObject({ copies: [{ isFollowed: true, isRival: false }], isConflict: false })
    await machine.put(profile(), claudeCredentialsJson(issue))
    await look()
    expect((await map(id)).copies).toMatchObject([{ kind: 'profile', isRival: true }, { isFollowed: true }])
    expect(await ownership(id)).toMatchObject({
      status: 'conflict',
      reason: { code: 'owner_conflict_clis', params: { path: profile(), other: machine.claudePath } },
    })
    // The other file is not followed: what is renewed there is not the login of this one.
    expect((await machine.held(id)).generation).toBe(1)
  })

  test('taken over, an older generation that was linked before is known as one of the family', async () => {
    const issue = machine.signIn('ada')
    await machine.put(machine.claudePath, claudeCredentialsJson(issue))
    const { id } = await linkAccount(context, { provider: 'claude', actor })
    await machine.put(profile(), claudeCredentialsJson(issue))
    await machine.rotate(machine.claudePath, issue)
    await look()
    await takeOverAccount(context, { provider: 'claude', actor })
    await look()
    const { copies } = await map(id)
    expect(copies.every(({ isRival }) => isRival)).toBe(true)
    expect(copies).toHaveLength(2)
  })
})

test('a refresh whose request never left leaves its token unspent: a file with it is no older one', async () => {
  const { id, family } = await ada()
  const { refreshTokenFingerprint, id: grantId } = await currentGrant(context, id)
  const attempt = {
    ...{ grantId, generation: 1, owner: 'test', leaseEpoch: 1, purpose: 'scheduled', startedAt: 1, endedAt: 2 },
    parentFingerprint: refreshTokenFingerprint!,
  }
  const { wasSpent } = await import('../db/credential-file-store.ts')
  await context.database.insert(attempts).values({ ...attempt, id: 'att_1', outcome: 'not_sent' })
  expect(await wasSpent(context.database, refreshTokenFingerprint!)).toBe(false)
  await context.database.insert(attempts).values({ ...attempt, id: 'att_2', outcome: 'unknown' })
  expect(await wasSpent(context.database, refreshTokenFingerprint!)).toBe(true)
  expect(family.revokedAt).toBeNull()
})

test('a look from outside finds what turned up since, and adopts nothing', async () => {
  const grace = await connectPerson(machine.world, 'grace', { context })
  const pair = currentPair(grace.family)
  await machine.put(machine.codexPath, codexAuthJson({ family: grace.family, pair }, machine.world.clock.now()))
  await machine.settled(lookForCopies(context, grace.accountId))
  expect(await map(grace.accountId)).toMatchObject({ copies: [{ holds: 'current' }], isConflict: true })
  expect((await machine.held(grace.accountId)).generation).toBe(1)
  await expect(lookForCopies(context, 'acc_none')).rejects.toMatchObject({ code: 'account_not_found' })
})
