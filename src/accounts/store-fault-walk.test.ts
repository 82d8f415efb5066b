/**
 * Every call to the database fails in turn, in every act that has to do with tokens: nothing is lost, nothing that is
 * stored or said is untrue afterwards, and doing it again ends well.
 */

import { readFile } from 'node:fs/promises'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { createCliMachine } from '../testing/cli-files.ts'
import { type ConnectedAccount, connectPerson, currentGrant } from '../testing/connected-account.ts'
import { currentPair, type FakeFamily } from '../testing/fake-grants.ts'
import { claudeCredentialsJson } from '../testing/fake-tokens.ts'
import { type FaultyStore, faultyStore, STORE_FAULTS, type StoreFault } from '../testing/faulty-store.ts'
import { beginAuthorization, expireAuthorizations, getAuthorization } from './authorizations.ts'
import { completeAuthorization } from './complete-authorization.ts'
import { giveConsent } from './consent.ts'
import type { AccountsContext } from './context.ts'
import { openTokens } from './grant-tokens.ts'
import { linkAccount } from './link-account.ts'
import { getAccount, listAccounts } from './list-accounts.ts'
import { refreshGrant } from './refresh-grant.ts'
import { removeAccount } from './remove-account.ts'
import { stopSignIns } from './sign-ins-under-way.ts'
import { takeOverAccount } from './take-over-account.ts'

type Machine = Awaited<ReturnType<typeof createCliMachine>>
let machine: Machine
let world: Machine['world']
let context: AccountsContext
let store: FaultyStore

beforeEach(async () => {
  machine = await createCliMachine()
  ;({ world, context } = machine)
  await giveConsent(context, 'claude', 'browser')
  store = faultyStore(context.database)
})
afterEach(async () => {
  await stopSignIns(context)
  await world.close()
})

const actor = 'browser' as const
type Ending = { value: unknown } | { code: string }

/** What an act came to, a minute later at the most, whatever it waits for meanwhile. */
async function endingOf(act: () => Promise<unknown>): Promise<Ending> {
  let ending: Ending | null = null
  void act().then(
    (value) => {
      ending = { value }
    },
    (error: { name: string; code: string; stack: string }) => {
      expect(['AccountError', 'StoreError']).toContain(error.name)
      expect(error.stack).not.toContain('secret parameters')
      ending = { code: error.code }
    },
  )
  // Files are read in the machine's own time, however little of it the machine has to give.
  const patience = performance.now() + 8 * SECOND_MS
  for (let waited = 0; ending === null && performance.now() < patience; waited += SECOND_MS) {
    if (waited < MINUTE_MS) await world.clock.advance(SECOND_MS)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  expect(ending, 'an act that never ends').not.toBeNull()
  return ending!
}

/**
 * Lets the first call fail, then the second, and so on, until an act is through before it comes to that; each in a clean
 * database. Then the database is well again, and `judge` looks.
 */
async function walk<Stage>(
  fault: StoreFault,
  prepare: () => Promise<Stage>,
  act: (stage: Stage) => Promise<unknown>,
  judge: (stage: Stage, ending: Ending) => Promise<void>,
): Promise<number> {
  for (let call = 1; ; call++) {
    for (const table of ['accounts', 'authorizations', 'credential_files', 'audit_events']) {
      await context.database.run(sql`delete from ${sql.raw(table)}`)
    }
    world.fake.ledger.clear()
    const stage = await prepare()
    store.strike(call, fault)
    const ending = await endingOf(() => act(stage))
    const hasStruck = store.heal()
    await world.clock.advance(20 * SECOND_MS)
    await context.refreshes.settled()
    await judge(stage, ending)
    if (!hasStruck) return call - 1
  }
}

const calls = () => world.fake.ledger.count('claude.refresh')
const holds = async (accountId: string, family: FakeFamily) =>
  openTokens(context.vault, await currentGrant(context, accountId)).refreshToken!.equals(
    currentPair(family).refreshToken!,
  )
const refresh = ({ accountId }: ConnectedAccount) => refreshGrant(context, accountId, { purpose: 'requested', actor })
const loginOf = async ({ accountId }: ConnectedAccount) => (await getAccount(context, accountId)).login

describe.each(STORE_FAULTS)('%s', (fault) => {
  test('a refresh: the new pair is kept, and “it could not be stored” is said only when nothing was spent', async () => {
    const length = await walk(
      fault,
      () => connectPerson(world, 'ada', { context }),
      refresh,
      async (ada, ending) => {
        expect(await holds(ada.accountId, ada.family)).toBe(true)
        if ('code' in ending) expect([ending.code, calls()]).toEqual(['store_failed', 0])
        else expect([await loginOf(ada), calls()]).toMatchObject([{ status: 'valid' }, 1])
        // Whatever was left behind stands in nobody's way.
        await world.clock.advance(10 * SECOND_MS)
        expect((await refresh(ada)).outcome).toBe('refreshed')
        expect([await holds(ada.accountId, ada.family), ada.family.revokedAt]).toEqual([true, null])
      },
    )
    expect(length).toBeGreaterThanOrEqual(3)
  })

  test.each(['refused', 'lost'] as const)(
    'a refresh that is %s: told as that, after two requests at most',
    async (kind) => {
      await walk(
        fault,
        async () => {
          const ada = await connectPerson(world, 'ada', { context })
          if (kind === 'refused') world.fake.grants.revoke(currentPair(ada.family).refreshToken!)
          else world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'drop_after' } })
          return ada
        },
        refresh,
        async (ada, ending) => {
          if ('code' in ending) expect([ending.code, calls()]).toEqual(['store_failed', 0])
          // A request that the fault kept back, or whose outcome could not be written, is asked once more.
          for (let turn = 0; turn < 4; turn++) {
            await refresh(ada)
            await world.clock.advance(10 * SECOND_MS)
          }
          expect((await loginOf(ada)).reason.code).toMatch(/^login_(refused|outcome_lost)$/)
          if (kind === 'lost') expect((await loginOf(ada)).reason.code).toBe('login_outcome_lost')
          else if (fault === 'refused') expect((await loginOf(ada)).reason.code).toBe('login_refused')
          expect(calls()).toBeLessThanOrEqual(2)
        },
      )
    },
  )

  test('the end of a sign-in: connected, or over with a reason, or still to be finished', async () => {
    const length = await walk(
      fault,
      async () => {
        const view = await beginAuthorization(context, { provider: 'claude', browser: 'one', actor })
        return { id: view.id, response: (await world.fake.consent(view.authorizationUrl, 'ada')).shown }
      },
      ({ id, response }) => completeAuthorization(context, { authorizationId: id, response, browser: 'one', actor }),
      async ({ id, response }, ending) => {
        const exchanges = world.fake.ledger.count('claude.exchange')
        if ((await getAuthorization(context, id)).stage === 'waiting') {
          expect(exchanges).toBe(0)
          await completeAuthorization(context, { authorizationId: id, response, browser: 'one', actor })
        }
        await world.clock.advance(6 * MINUTE_MS)
        await expireAuthorizations(context)
        const { status, failure } = await getAuthorization(context, id)
        const accounts = await listAccounts(context)
        if ('value' in ending) expect(status).toBe('complete')
        // Only a database that stays away keeps a sign-in from being told as what it came to.
        if (fault !== 'away' && accounts.length > 0) expect(status).toBe('complete')
        if (status === 'complete') expect(accounts).toHaveLength(1)
        else expect([status, failure?.code]).toEqual(['failed', expect.any(String)])
        const family = world.fake.grants.families.at(-1)!
        for (const { id: accountId, login } of accounts) {
          expect([login.status, await holds(accountId, family)]).toEqual(['valid', true])
        }
        expect(world.fake.ledger.count('claude.exchange')).toBeLessThanOrEqual(1)
      },
    )
    expect(length).toBeGreaterThanOrEqual(5)
  })

  test.each([
    ['linking', linkAccount, 'already_linked', 'cli'],
    ['taking over', takeOverAccount, 'already_dashboard', 'dashboard'],
  ] as const)('%s: all of it or nothing, and the file is as it was', async (_, connect, again, custody) => {
    const run = () => connect(context, { provider: 'claude', actor })
    await walk(
      fault,
      async () => {
        const issue = machine.signIn('ada')
        await machine.put(machine.claudePath, claudeCredentialsJson(issue))
        return { issue, text: await readFile(machine.claudePath, 'utf8') }
      },
      run,
      async ({ issue, text }, ending) => {
        if ('code' in ending) expect(ending.code).toBe('store_failed')
        const isConnected = (await listAccounts(context)).length === 1
        if ('value' in ending) expect(isConnected).toBe(true)
        const repeated = await endingOf(run)
        if (isConnected) expect(repeated).toEqual({ code: again })
        const [account, ...others] = await listAccounts(context)
        expect([account!.custody, account!.login.status, others]).toEqual([custody, 'valid', []])
        expect(await holds(account!.id, issue.family)).toBe(true)
        expect([await readFile(machine.claudePath, 'utf8'), calls()]).toEqual([text, 0])
      },
    )
  })

  test('removing: gone, or as it was, and a login that was ended does not stay behind as a valid one', async () => {
    await walk(
      fault,
      () => connectPerson(world, 'ada', { context }),
      ({ accountId }) => removeAccount(context, accountId, { revoke: true, actor }),
      async ({ accountId, family }, ending) => {
        const isThere = (await listAccounts(context)).length === 1
        if ('code' in ending) expect(ending.code).toBe('store_failed')
        else expect([isThere, family.revokedAt]).toEqual([false, expect.any(Number)])
        // Only a database that stays away keeps the row of a login that has ended.
        if (isThere && family.revokedAt !== null) expect(fault).toBe('away')
        if (isThere) await removeAccount(context, accountId, { revoke: true, actor })
        expect(await listAccounts(context)).toEqual([])
      },
    )
  })
})
