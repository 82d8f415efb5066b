/** Who may have an export, and of what: programs with the API token, with a passphrase that is worth the name. */

import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../testing/test-app.ts'

const PASSPHRASE = 'FAKE horse battery'
let web: TestApp

beforeEach(async () => {
  web = await createTestApp()
})
afterEach(() => web.close())

test('a browser is refused, and so is a passphrase that is too short, without being told again', async () => {
  const body = JSON.stringify({ passphrase: PASSPHRASE, file: '/media/deck.export' })
  const browser = await web.browse('/api/exports', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  expect(browser.status).toBe(403)
  expect(
    (await web.request('/api/exports', { method: 'POST', headers: { 'content-type': 'application/json' }, body }))
      .status,
  ).toBe(401)
  for (const wrong of [
    { passphrase: 'FAKE', file: '/f' },
    { passphrase: PASSPHRASE },
    { passphrase: PASSPHRASE, file: '' },
  ]) {
    const refused = await web.call('POST', '/api/exports', wrong)
    expect(refused.status).toBe(422)
    expect(await refused.text()).not.toContain('FAKE')
  }
  expect(web.log.text()).not.toContain('FAKE')
})

test('where the database is no file here, it is said what to do instead', async () => {
  const refused = await web.call('POST', '/api/exports', { passphrase: PASSPHRASE, file: '/media/deck.export' })
  expect(refused.status).toBe(409)
  expect(await refused.json()).toMatchObject({ code: 'export_not_here', detail: expect.stringContaining('key export') })
})
