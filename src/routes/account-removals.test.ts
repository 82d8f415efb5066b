/** Removing over HTTP, by forms and by programs: the second yes, what is answered, and what is told of sign-outs under way. */

import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { keepCopies } from '../db/grant-copy-store.ts'
import { aCopy } from '../testing/a-copy.ts'
import { type ConnectedAccount, connectPerson } from '../testing/connected-account.ts'
import { currentPair } from '../testing/fake-grants.ts'
import { claudeCredentialsJson } from '../testing/fake-tokens.ts'
import { createTestApp, type TestApp } from '../testing/test-app.ts'

let path: string
let web: TestApp
let ada: ConnectedAccount

beforeEach(async () => {
  web = await createTestApp()
  ada = await connectPerson(web)
})
afterEach(() => web.close())

const asked = () => web.fake.ledger.count('claude.revoke')
const remove = async (query: string) => {
  const answer = await web.call('DELETE', `/api/accounts/${ada.accountId}${query}`)
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}
const submit = (fields: Record<string, string>) => web.submit(`/accounts/${ada.accountId}/removals`, fields)

/** A CLI on this machine holds the very login. */
async function heldByCli(): Promise<void> {
  path = join(web.directory, '.claude', '.credentials.json')
  await mkdir(dirname(path), { mode: 0o700 })
  await writeFile(path, claudeCredentialsJson({ family: ada.family, pair: currentPair(ada.family) }), { mode: 0o600 })
  const { accountId } = ada
  await keepCopies(web.context.database, [aCopy({ accountId, place: path })])
}

describe('a login that a CLI holds', () => {
  beforeEach(heldByCli)

  test('is named, and a program has to say it twice', async () => {
    const preview = await web.call('GET', `/api/accounts/${ada.accountId}/sign-out`)
    expect(await preview.json()).toEqual({
      reach: 'login',
      uncertain: false,
      needs_second_yes: true,
      copies: [{ kind: 'cli_file', place: path, machine: null, used_by: [] }],
    })
    for (const query of ['?revoke=true', '?revoke=true&confirm_cli=false']) {
      const { status, body } = await remove(query)
      expect([status, body.code, String(body.detail)]).toEqual([
        409,
        'revoke_would_break_cli',
        expect.stringContaining(path),
      ])
    }
    const other = await web.call('DELETE', '/api/oauth/tokens/claude?revoke=true')
    expect([other.status, asked()]).toEqual([409, 0])
    // The second yes alone asks for nothing.
    expect((await remove('?confirm_cli=true')).body).toMatchObject({ revocation: 'not_asked' })
    expect(asked()).toBe(0)
  })

  test('with both it is ended', async () => {
    expect((await remove('?revoke=true&confirm_cli=true')).body).toMatchObject({ revocation: 'confirmed' })
    expect(ada.family.revokedAt).not.toBeNull()
  })

  test('a form without the tick is asked again, and nothing is removed', async () => {
    const dialog = await (await web.browse(`/accounts/${ada.accountId}/removals/new`)).text()
    expect(dialog).toContain(path)
    expect(dialog).toMatch(/<input type="checkbox" name="confirm_cli"[^>]* required/)
    for (const fields of [{ revoke: 'yes' }, { revoke: 'yes', confirm_cli: 'on' }] as Record<string, string>[]) {
      const answer = await submit(fields)
      expect([answer.status, await answer.text()]).toEqual([409, expect.stringContaining('sign the CLI out')])
    }
    expect(asked()).toBe(0)
    const removed = await submit({ revoke: 'yes', confirm_cli: 'yes' })
    expect([removed.status, removed.headers.get('location')]).toEqual([303, '/?done=revoked'])
    expect(asked()).toBe(1)
  })
})

test('a login that nobody else holds has no box to tick', async () => {
  const dialog = await (await web.browse(`/accounts/${ada.accountId}/removals/new`)).text()
  expect(dialog).not.toContain('confirm_cli')
  expect(dialog).toContain('No other copy of this login is known.')
})

test('a provider that takes no sign-out is offered none', async () => {
  const providers = web.context.providers as Map<string, object>
  providers.set('claude', { ...web.context.providers.get('claude')!, revocationUrl: null })
  const dialog = await (await web.browse(`/accounts/${ada.accountId}/removals/new`)).text()
  expect(dialog).not.toContain('name="revoke" value="yes"')
  expect(dialog).toContain('takes no sign-out from programs')
})

test('one under way is answered as pending, listed without its token, and shown on the page', async () => {
  web.fake.faults.add({ endpoint: 'claude.revoke', fault: { kind: 'status', status: 503 } })
  expect((await web.browse('/')).status).toBe(200)
  const removed = await submit({ revoke: 'yes' })
  expect(removed.headers.get('location')).toBe('/?done=revoke_pending')
  const listed = (await (await web.call('GET', '/api/revocations')).json()) as Record<string, unknown>[]
  expect(listed).toMatchObject([
    { provider: 'claude', account_id: ada.accountId, account_name: 'ada@example.com', status: 'pending', tries: 1 },
  ])
  expect(listed[0]).toMatchObject({
    failure_code: 'http_503',
    next_try_at: expect.stringMatching(/Z$/),
    ended_at: null,
  })
  expect(Object.keys(listed[0]!)).not.toContain('token')
  const page = await (await web.browse('/?done=revoke_pending')).text()
  expect(page).toContain('Signing out at the provider')
  expect(page).toContain('the login is still valid there')
  const part = await (await web.browse('/revocations')).text()
  expect(part).toContain('ada@example.com at Claude')
  expect(web.events.map(({ type }) => type)).toContain('revocation.changed')
})

test('when it fails for good, that is said with what is left to do', async () => {
  web.fake.faults.add({ endpoint: 'claude.revoke', fault: { kind: 'status', status: 400 } })
  expect((await remove('?revoke=true')).body).toMatchObject({
    revocation: 'not_confirmed',
    revocation_code: 'http_400',
  })
  expect(await (await web.browse('/')).text()).toContain('End the session at Claude yourself.')
})
