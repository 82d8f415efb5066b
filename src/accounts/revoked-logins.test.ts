/** Which logins a sign-out at the provider may end, and what of them. */

import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { revocations } from '../db/schema.ts'
import { Secret } from '../lib/secret.ts'
import { type CliMachine, createCliMachine } from '../testing/cli-files.ts'
import { type ConnectedAccount, connectPerson, currentGrant } from '../testing/connected-account.ts'
import { fingerprint } from '../testing/fake-ledger.ts'
import { claudeCredentialsJson } from '../testing/fake-tokens.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { accountHistory } from './account-history.ts'
import { addToken } from './add-token.ts'
import type { AccountsContext } from './context.ts'
import { linkAccount } from './link-account.ts'
import { removeAccount } from './remove-account.ts'
import { listRevocations } from './revocations.ts'
import { previewSignOut } from './sign-out-preview.ts'
import { takeOverAccount } from './take-over-account.ts'

const actor = 'browser' as const
let world: TestContext
let context: AccountsContext
let ada: ConnectedAccount

beforeEach(async () => {
  world = await createTestContext()
  context = world.context
  ada = await connectPerson(world)
})
afterEach(() => world.close())

const remove = (confirmCli = false) => removeAccount(context, ada.accountId, { revoke: true, confirmCli, actor })
const asked = () => world.fake.ledger.count('claude.revoke')
/** Lets files and the database go on until something is so, however slow this machine is. */
const until = async (isSo: () => unknown) => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 1))
}
/** The end of work that waits on files, the database and the clock. */
const settled = async <T>(work: Promise<T>): Promise<T> => {
  let isOver = false
  const over = work.finally(() => {
    isOver = true
  })
  over.catch(() => {})
  await until(async () => {
    if (world.clock.pending() > 0) await world.clock.advance(500)
    return isOver
  })
  return over
}

describe('a login that a CLI holds', () => {
  let machine: CliMachine
  beforeEach(async () => {
    await world.close()
    machine = await createCliMachine()
    world = machine.world
    context = machine.context
  })

  const linked = async () => {
    const issue = machine.signIn('ada')
    await machine.put(machine.claudePath, claudeCredentialsJson(issue))
    return issue
  }

  test.each([
    ['linked', linkAccount],
    ['taken over', takeOverAccount],
  ] as const)(
    '%s: nothing is sent or removed before the second yes, and then the file is ended too',
    async (_, connect) => {
      const issue = await linked()
      const { id } = await connect(context, { provider: 'claude', actor })
      ada = { accountId: id, family: issue.family }
      expect(await previewSignOut(context, id)).toEqual({
        reach: 'login',
        isUncertain: false,
        copies: [{ kind: 'cli_file', place: machine.claudePath, machine: null, usedBy: [] }],
        needsSecondYes: true,
      })
      await expect(remove()).rejects.toMatchObject({
        code: 'revoke_would_break_cli',
        params: { path: machine.claudePath },
      })
      expect([asked(), await listRevocations(context)]).toEqual([0, []])
      expect((await currentGrant(context, id)).accountId).toBe(id)
      expect(await remove(true)).toMatchObject({ revocation: 'confirmed' })
      expect(issue.family.revokedAt).not.toBeNull()
      expect((await accountHistory(context, id)).find(({ kind }) => kind === 'account.removed')!.details).toMatchObject(
        {
          confirmCli: true,
        },
      )
    },
  )

  test('a file that got the login after it was last looked at counts', async () => {
    const issue = machine.signIn('ada')
    ada = await connectPerson(world, 'ada', { context })
    await machine.put(machine.claudePath, claudeCredentialsJson({ ...issue, pair: ada.family.pairs[0]! }))
    await expect(remove()).rejects.toMatchObject({ code: 'revoke_would_break_cli' })
  })

  test('a file with another login of the same account does not', async () => {
    await linked()
    ada = await connectPerson(world, 'ada', { context })
    expect(await previewSignOut(context, ada.accountId)).toMatchObject({ copies: [], needsSecondYes: false })
    expect((await remove()).revocation).toBe('confirmed')
  })

  test('with the second yes, what the CLI rotated meanwhile is what is ended', async () => {
    const issue = await linked()
    const { id } = await linkAccount(context, { provider: 'claude', actor })
    ada = { accountId: id, family: issue.family }
    const rotated = await machine.rotate(machine.claudePath, issue)
    expect((await settled(remove(true))).revocation).toBe('confirmed')
    expect(world.fake.ledger.of('claude.revoke')[0]!.fields.token).toBe(fingerprint(rotated.pair.refreshToken!))
  })
})

describe('what can be ended', () => {
  test.each(['access_token', 'setup_token'] as const)('a %s: that token, and it is said', async (kind) => {
    const brook = world.fake.person('brook')
    const { accessToken } = world.fake.grants.signIn(brook, 'client', ['user:inference', 'user:profile']).pair
    const { id } = await addToken(context, { provider: 'claude', kind, accessToken: new Secret(accessToken), actor })
    expect(await previewSignOut(context, id)).toMatchObject({ reach: kind, copies: [] })
    await removeAccount(context, id, { revoke: true, actor })
    expect(world.fake.ledger.of('claude.revoke')[0]!.fields).toMatchObject({
      token_type_hint: 'access_token',
      token: fingerprint(accessToken),
    })
  })

  test('a provider without revocation takes nothing, and nothing is kept', async () => {
    const provider = { ...context.providers.get('claude')!, revocationUrl: null }
    context = { ...context, providers: new Map([['claude', provider]]) }
    expect((await previewSignOut(context, ada.accountId)).reach).toBe('not_supported')
    expect((await remove()).revocation).toBe('not_supported')
    expect(await context.database.select().from(revocations)).toEqual([])
  })

  test('a login removed twice at once is ended once', async () => {
    const endings = await Promise.allSettled([remove(), remove()])
    expect(endings.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(endings.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'account_not_found' },
    })
    expect(asked()).toBe(1)
    expect(
      await context.database.select().from(revocations).where(eq(revocations.accountId, ada.accountId)),
    ).toHaveLength(1)
  })
})
