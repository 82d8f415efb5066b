/** The pages and the API of handing accounts to CLIs: what they refuse, and in which words. */

import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../testing/test-app.ts'

let web: TestApp
beforeEach(async () => {
  web = await createTestApp()
})
afterEach(() => web.close())

const call = async (method: string, path: string, body?: unknown) => {
  const answer = await web.call(method, path, body)
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

const addAccount = async () => {
  const fields = { provider: 'claude', kind: 'setup_token', access_token: 'sk-ant-oat01-FAKE-ACTIVATION' }
  return (await call('POST', '/api/accounts', fields)).body.id as string
}

test('the API refuses what is not there, and names the code', async () => {
  expect(await call('GET', '/api/accounts/acc_00000000000000000000/activation')).toMatchObject({ status: 404 })
  expect(await call('POST', '/api/accounts/acc_00000000000000000000/activation', {})).toMatchObject({
    ...{ status: 404, body: { code: 'account_not_found' } },
  })
  expect(await call('POST', '/api/backups/bak_none/restoration')).toMatchObject({
    ...{ status: 404, body: { code: 'backup_not_found' } },
  })
  expect(await call('DELETE', '/api/running/acme')).toMatchObject({ status: 422, body: { code: 'unknown_provider' } })
  const id = await addAccount()
  expect(await call('POST', `/api/accounts/${id}/activation`, { nonsense: 1 })).toMatchObject({ status: 422 })
  expect(await call('DELETE', `/api/accounts/${id}/activation`)).toMatchObject({
    ...{ status: 409, body: { code: 'activation_not_held' } },
  })
  // No CLI keeps its login anywhere on the machine of this test.
  expect(await call('POST', `/api/accounts/${id}/activation`, {})).toMatchObject({
    ...{ status: 422, body: { code: 'activation_unsupported' } },
  })
  expect((await call('GET', '/api/backups')).body).toEqual([])
  expect((await call('GET', '/api/running')).body).toEqual([])
})
