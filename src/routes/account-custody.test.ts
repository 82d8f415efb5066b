/** Who holds a login, over HTTP: the map for programs and on the page, and the acts that settle a conflict. */

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lookForCopies } from '../accounts/custody-map.ts'
import { keepCopies } from '../db/grant-copy-store.ts'
import { aftercareEnded } from '../switching/under-way.ts'
import { aCopy } from '../testing/a-copy.ts'
import { type ConnectedAccount, connectPerson, currentGrant } from '../testing/connected-account.ts'
import { currentPair } from '../testing/fake-grants.ts'
import { claudeCredentialsJson } from '../testing/fake-tokens.ts'
import { createTestApp, type TestApp } from '../testing/test-app.ts'

let web: TestApp
let ada: ConnectedAccount
let path: string

beforeEach(async () => {
  web = await createTestApp()
  ada = await connectPerson(web)
  path = join(web.context.profilesDirectory, 'claude-0abc', '.credentials.json')
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(path, claudeCredentialsJson({ family: ada.family, pair: currentPair(ada.family) }), { mode: 0o600 })
  await lookForCopies(web.context, ada.accountId)
})
afterEach(async () => {
  await aftercareEnded(web.context)
  await web.close()
})

const call = async (method: string, resource: string, body?: unknown) => {
  const answer = await web.call(method, `/api/accounts/${ada.accountId}/${resource}`, body)
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}
const submit = (fields: Record<string, string>, headers = {}) =>
  web.submit(`/accounts/${ada.accountId}/custodies`, fields, headers)

test('a program that asks for what cannot be is refused, and nothing is changed', async () => {
  for (const body of [{}, { custodian: 'cli' }, { custodian: 'nobody' }, { custodian: 'dashboard', force: true }]) {
    expect((await call('POST', 'custody', body)).status).toBe(422)
  }
  expect(await call('POST', 'custody', { custodian: 'cli', path: '/nowhere' })).toMatchObject({
    status: 404,
    body: { code: 'custody_no_copy' },
  })
  expect((await web.call('GET', '/api/accounts/acc_00000000000000000000/copies')).status).toBe(404)
  expect((await call('GET', 'copies')).body).toMatchObject({ custody: 'dashboard', conflict: true })
})

test('the map tells each holder by place, machine and generation, and no token or fingerprint', async () => {
  const { body } = await call('GET', 'copies')
  expect(body).toMatchObject({
    own: { generation: 1, may_refresh: true },
    copies: [{ kind: 'profile', place: path, holds: 'current', generation: 1, may_refresh: true, conflicts: true }],
    gone: [],
    set_aside: [],
  })
  expect(JSON.stringify(body)).not.toContain('fingerprint')
  expect(JSON.stringify(body)).not.toContain(currentPair(ada.family).refreshToken!)
})

test('a program gives it to the CLI, and takes it home', async () => {
  expect((await call('POST', 'custody', { custodian: 'cli', path })).body).toMatchObject({
    custody: 'cli',
    credential_path: path,
    ownership: {
      status: 'cli',
      holders: [{ may_refresh: false }, { kind: 'profile', holds: 'current', may_refresh: true }],
    },
  })
  expect((await call('POST', 'custody', { custodian: 'dashboard' })).body).toMatchObject({
    custody: 'dashboard',
    ownership: { status: 'dashboard' },
  })
  expect(await readFile(path, 'utf8').catch(() => '')).not.toContain(currentPair(ada.family).refreshToken!)
})

test('the page shows the conflict with its ways out, and so does the explanation', async () => {
  for (const address of [`/accounts/${ada.accountId}`, `/accounts/${ada.accountId}/explanations/ownership`]) {
    const page = await (await web.browse(address)).text()
    for (const words of ['The CLI owns it', 'Tokendeck owns it', 'Sign in separately', path])
      expect(page).toContain(words)
  }
  const calm = await (await web.browse(`/accounts/${ada.accountId}/explanations/login`)).text()
  expect(calm).not.toContain('The CLI owns it')
})

test('a form that names no owner settles nothing', async () => {
  for (const custodian of ['', 'nobody', 'あ\r\nx-evil: 1']) {
    expect((await submit({ custodian, path })).status).toBe(404)
  }
  expect((await call('GET', 'copies')).body).toMatchObject({ custody: 'dashboard', conflict: true })
})

test('a form settles it and leads back to the page, which says so', async () => {
  const answer = await submit({ custodian: 'cli', path })
  expect([answer.status, answer.headers.get('location')]).toEqual([
    303,
    `/accounts/${ada.accountId}?custody=cli#custody`,
  ])
  const page = await (await web.browse(`/accounts/${ada.accountId}?custody=cli`)).text()
  expect(page).toContain('Settled: the CLI owns this login')
  const other = await (await web.browse(`/accounts/${ada.accountId}?custody=constructor`)).text()
  expect(other).not.toContain('Settled')
})

test('what is left on another machine is said', async () => {
  const { accountId } = ada
  const { refreshTokenFingerprint } = await currentGrant(web.context, accountId)
  await keepCopies(web.context.database, [aCopy({ accountId, machineId: 'mac_2', refreshTokenFingerprint })])
  const answer = await submit({ custodian: 'dashboard' })
  expect(answer.headers.get('location')).toBe(`/accounts/${accountId}?custody=rest#custody`)
  const refused = await submit({ custodian: 'dashboard' })
  expect(refused.status).toBe(409)
  expect(await refused.text()).toContain('The copy is on another machine')
})

test('a refusal takes the place of the ways out, alone for htmx, as a page for a form', async () => {
  const piece = await submit({ custodian: 'cli' }, { 'hx-request': 'true', 'hx-request-type': 'partial' })
  expect(piece.status).toBe(404)
  const text = await piece.text()
  expect(text).toContain('data-ways')
  expect(text).not.toContain('<html')
  expect(await (await submit({ custodian: 'cli', path: '/nowhere' })).text()).toContain('<html')
})
