/** Sign-outs by hand: tried now, stopped, dismissed; and the very login that is being ended does not come back. */

import { afterEach, beforeEach, expect, test } from 'vitest'
import { revocations } from '../db/schema.ts'
import { Secret } from '../lib/secret.ts'
import { type CliMachine, createCliMachine } from '../testing/cli-files.ts'
import { type ConnectedAccount, connectPerson } from '../testing/connected-account.ts'
import { claudeCredentialsJson } from '../testing/fake-tokens.ts'
import { createTestApp, type TestApp } from '../testing/test-app.ts'
import { addToken } from './add-token.ts'
import type { AccountsContext } from './context.ts'
import { dismissRevocation, stopRevocation, tryRevocationNow } from './end-revocation.ts'
import { linkAccount } from './link-account.ts'
import { refreshGrant } from './refresh-grant.ts'
import { removeAccount } from './remove-account.ts'
import { listRevocations } from './revocations.ts'

const actor = 'browser' as const
let app: TestApp
let context: AccountsContext
let ada: ConnectedAccount

beforeEach(async () => {
  app = await createTestApp()
  context = app.context
  ada = await connectPerson(app)
  app.fake.faults.add({ endpoint: 'claude.revoke', fault: { kind: 'status', status: 503 } })
  await removeAccount(context, ada.accountId, { revoke: true, actor })
})
afterEach(() => app.close())

const only = async () => (await listRevocations(context))[0]!
const asked = () => app.fake.ledger.count('claude.revoke')

test('what is not there is not tried, stopped or dismissed', async () => {
  for (const act of [tryRevocationNow, stopRevocation, dismissRevocation])
    await expect(act(context, 'rev_nobody', actor)).rejects.toMatchObject({ code: 'sign_out_not_found' })
})

test('tried now: the provider is asked at once, and what has ended cannot be tried or stopped', async () => {
  const { id } = await only()
  expect(await tryRevocationNow(context, id, actor)).toEqual({ revocation: 'confirmed', code: null })
  expect(await only()).toMatchObject({ status: 'confirmed', tries: 2 })
  expect(ada.family.revokedAt).not.toBeNull()
  await expect(tryRevocationNow(context, id, actor)).rejects.toMatchObject({ code: 'sign_out_over' })
  await expect(stopRevocation(context, id, actor)).rejects.toMatchObject({ code: 'sign_out_over' })
  expect(asked()).toBe(2)
})

test('two who try at once ask once', async () => {
  const { id } = await only()
  const both = await Promise.allSettled([tryRevocationNow(context, id, actor), tryRevocationNow(context, id, actor)])
  expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(asked()).toBe(2)
})

test('stopped: never asked again, its token is gone, and only then it can be dismissed', async () => {
  const { id } = await only()
  await expect(dismissRevocation(context, id)).rejects.toMatchObject({ code: 'sign_out_pending' })
  await stopRevocation(context, id, actor)
  expect(await only()).toMatchObject({ status: 'not_confirmed', failureCode: 'stopped', nextTryAt: null })
  expect((await context.database.select().from(revocations))[0]!.tokenSealed).toBe('')
  expect(ada.family.revokedAt).toBeNull()
  await dismissRevocation(context, id)
  expect(await listRevocations(context)).toEqual([])
  expect(asked()).toBe(1)
})

test('the very login is not brought back while it is being ended; stopped first, it is', async () => {
  const pair = ada.family.pairs.at(-1)!
  const again = () =>
    addToken(context, {
      ...{ provider: 'claude', kind: 'token_pair', actor },
      accessToken: new Secret(pair.accessToken),
      refreshToken: new Secret(pair.refreshToken!),
    })
  const { id } = await only()
  await expect(again()).rejects.toMatchObject({
    code: 'sign_out_pending',
    params: { account: 'ada@example.com', revocation: id },
  })
  // A new sign-in is another login.
  const { accountId } = await connectPerson(app)
  await removeAccount(context, accountId, { revoke: false, actor })
  await stopRevocation(context, id, actor)
  expect((await again()).email).toBe('ada@example.com')
})

test('nor with a token that it had before, in a file that lagged behind', async () => {
  const machine: CliMachine = await createCliMachine()
  try {
    const { world } = machine
    const carol = await connectPerson(world, 'carol', { context: machine.context })
    const first = carol.family.pairs.at(-1)!
    await world.clock.advance(60_000)
    await refreshGrant(machine.context, carol.accountId, { purpose: 'requested', actor })
    world.fake.faults.add({ endpoint: 'claude.revoke', fault: { kind: 'status', status: 503 } })
    await removeAccount(machine.context, carol.accountId, { revoke: true, actor })
    await machine.put(machine.claudePath, claudeCredentialsJson({ family: carol.family, pair: first }))
    const refused = { code: 'sign_out_pending' }
    await expect(linkAccount(machine.context, { provider: 'claude', actor })).rejects.toMatchObject(refused)
    // A sign-in of its own is another login.
    await machine.put(machine.claudePath, claudeCredentialsJson(machine.signIn('carol')))
    expect((await linkAccount(machine.context, { provider: 'claude', actor })).custody).toBe('cli')
  } finally {
    await machine.close()
  }
})

test('a CLI that still holds it cannot be linked meanwhile', async () => {
  const machine: CliMachine = await createCliMachine()
  try {
    const { world } = machine
    const carol = await connectPerson(world, 'carol', { context: machine.context })
    world.fake.faults.add({ endpoint: 'claude.revoke', fault: { kind: 'status', status: 503 } })
    await removeAccount(machine.context, carol.accountId, { revoke: true, actor })
    await machine.put(
      machine.claudePath,
      claudeCredentialsJson({ family: carol.family, pair: carol.family.pairs.at(-1)! }),
    )
    await expect(linkAccount(machine.context, { provider: 'claude', actor })).rejects.toMatchObject({
      code: 'sign_out_pending',
    })
  } finally {
    await machine.close()
  }
})

test('on the page and by the API', async () => {
  const { id } = await only()
  const page = await (await app.browse('/')).text()
  expect(page).toContain(`action="/revocations/${id}/tries"`)
  expect(page).toContain(`action="/revocations/${id}/stops"`)
  app.fake.faults.add({ endpoint: 'claude.revoke', fault: { kind: 'status', status: 503 } })
  expect((await app.submit(`/revocations/${id}/tries`)).headers.get('location')).toBe('/?done=revoke_pending')
  expect((await app.call('DELETE', `/api/revocations/${id}`)).status).toBe(409)
  expect(await (await app.call('POST', `/api/revocations/${id}/tries`, {})).json()).toEqual({
    revocation: 'confirmed',
    code: null,
  })
  expect((await app.call('POST', `/api/revocations/${id}/stops`, {})).status).toBe(409)
  expect((await app.submit(`/revocations/${id}/dismissals`)).status).toBe(303)
  expect(await listRevocations(context)).toEqual([])
})
