/** After a key was lost and replaced: what people are told, what works again by itself, and that nothing trips over it. */

import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { accounts } from '../db/schema.ts'
import { HOUR_MS } from '../lib/clock.ts'
import { systemRandom } from '../lib/random.ts'
import { refreshReasonText } from '../messages/refresh-reasons.ts'
import { type CliMachine, createCliMachine } from '../testing/cli-files.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { absentKeyring } from '../testing/fake-keyring.ts'
import { claudeCredentialsJson } from '../testing/fake-tokens.ts'
import { type OpenVaultOptions, openVault } from '../vault/open-vault.ts'
import { resetKey } from '../vault/reset-key.ts'
import { accountHistory } from './account-history.ts'
import type { AccountsContext } from './context.ts'
import { adoptFromFile } from './follow-credentials.ts'
import { issueToken } from './issue-token.ts'
import { linkAccount } from './link-account.ts'
import { getAccount } from './list-accounts.ts'
import { readProfile } from './read-profile.ts'
import { recoverAttempts } from './recover-attempts.ts'
import { refreshGrant } from './refresh-grant.ts'
import { removeAccount } from './remove-account.ts'
import { listRevocations, retryRevocations } from './revocations.ts'
import { takeOverAccount } from './take-over-account.ts'

const actor = 'browser' as const
let machine: CliMachine
let options: OpenVaultOptions
let context: AccountsContext

beforeEach(async () => {
  machine = await createCliMachine()
  const { database, clock } = machine.context
  const keyFile = join(machine.world.directory, 'config', 'key')
  options = { database, clock, random: systemRandom, keySource: 'auto', keyFile, passphraseFile: null }
  options.keyring = absentKeyring
  context = { ...machine.context, vault: await openVault(options) }
})

afterEach(() => machine.close())

/** A lost key, a reset, and the next start. */
async function reset(): Promise<void> {
  await resetKey({ ...options, actor: 'cli' })
  context = { ...context, vault: await openVault(options) }
  await recoverAttempts(context)
}

test.each(['ada', 'grace'])(
  'a login of %s is to be signed in to again, in words, and nothing is sent',
  async (name) => {
    const { accountId } = await connectPerson(machine.world, name, { context })
    await reset()
    const account = await getAccount(context, accountId)
    expect(account.login).toMatchObject({
      status: 'sign_in_again',
      reason: { code: 'login_key_reset', params: { refusedAt: machine.world.clock.now() } },
      nextRefreshAt: null,
    })
    expect(account.mainAction).toBe('sign_in_again')
    expect((await accountHistory(context, accountId)).map(({ kind }) => kind)).toContain('key.reset')
    await expect(issueToken(context, accountId, { actor })).rejects.toMatchObject({ code: 'reauthorization_required' })
    const refreshed = await refreshGrant(context, accountId, { purpose: 'requested', actor })
    expect(refreshed).toMatchObject({ outcome: 'reauthorization_required', reason: { code: 'key_reset' } })
    expect(refreshReasonText('en', refreshed.reason, 0)).toContain('Sign in again')
    expect((await readProfile(context, accountId)).outcome).toBe('not_read')
    expect(machine.world.fake.ledger.entries).toEqual([])
  },
)

test('it can be signed in to again, and keeps its label and place', async () => {
  const { accountId } = await connectPerson(machine.world, 'ada', { context, request: { label: 'work' } })
  await reset()
  expect((await connectPerson(machine.world, 'ada', { context })).accountId).toBe(accountId)
  expect(await getAccount(context, accountId)).toMatchObject({ label: 'work', login: { status: 'valid' } })
  expect((await issueToken(context, accountId, { actor })).accessToken.isEmpty).toBe(false)
})

test('it can be removed; that the provider was not told is said', async () => {
  const { accountId } = await connectPerson(machine.world, 'ada', { context })
  await reset()
  expect(await removeAccount(context, accountId, { revoke: true, actor })).toMatchObject({
    revocation: 'not_confirmed',
    revocationCode: 'key_reset',
  })
  expect(await context.database.select().from(accounts)).toEqual([])
})

test('a sign-out that was under way is given up, and says why', async () => {
  const { accountId } = await connectPerson(machine.world, 'ada', { context })
  machine.world.fake.faults.add({ endpoint: 'claude.revoke', fault: { kind: 'drop_before' } })
  expect((await removeAccount(context, accountId, { revoke: true, actor })).revocation).toBe('pending')
  await reset()
  const [revocation] = await listRevocations(context)
  expect(revocation).toMatchObject({ status: 'not_confirmed', failureCode: 'key_reset', nextTryAt: null })
  await machine.world.clock.advance(HOUR_MS)
  await retryRevocations(context)
  expect(machine.world.fake.ledger.count('claude.revoke')).toBe(1)
})

test('a login that a CLI keeps comes back from its file by itself', async () => {
  const issue = machine.signIn('ada')
  await machine.put(machine.claudePath, claudeCredentialsJson(issue))
  const { id } = await linkAccount(context, { provider: 'claude', actor })
  await reset()
  const { accessToken } = await issueToken({ ...context, credentialPlaces: [] }, id, { actor })
  expect(accessToken.equals(issue.pair.accessToken)).toBe(true)
  expect(await getAccount(context, id)).toMatchObject({ custody: 'cli', login: { status: 'valid' } })
})

test('a login that was taken over is not taken from an old file, whose token may be spent', async () => {
  const issue = machine.signIn('ada')
  await machine.put(machine.claudePath, claudeCredentialsJson(issue))
  const { id } = await takeOverAccount(context, { provider: 'claude', actor })
  await machine.world.clock.advance(HOUR_MS)
  await refreshGrant(context, id, { purpose: 'requested', actor })
  const sent = machine.world.fake.ledger.entries.length
  await reset()
  expect(await machine.settled(adoptFromFile(context, id))).toBe('unchanged')
  expect((await getAccount(context, id)).login.reason.code).toBe('login_key_reset')
  expect(machine.world.fake.ledger.entries).toHaveLength(sent)
})
