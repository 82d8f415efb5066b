import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createFrontDoor } from './front-door.ts'
import { createTestApp, TEST_PORT, type TestApp } from './testing/test-app.ts'

const HOST = `localhost:${TEST_PORT}`
let web: TestApp

beforeEach(async () => {
  web = await createTestApp()
})
afterEach(() => web.close())

const requests: [what: string, path: string, init: RequestInit][] = [
  ['the health check', '/healthz', {}],
  ['the health check with a challenge', '/healthz', { headers: { 'tokendeck-challenge': 'c'.repeat(43) } }],
  ['the health check with a query', '/healthz?a=1', {}],
  ['the health check under another host', '/healthz', { headers: { host: `evil.test:${TEST_PORT}` } }],
  ['the health check from another site', '/healthz', { headers: { 'sec-fetch-site': 'cross-site' } }],
  ['the health check from another port', '/healthz', { headers: { origin: 'http://localhost:3000' } }],
  ['the health check by HEAD', '/healthz', { method: 'HEAD' }],
  ['the health check as a write', '/healthz', { method: 'POST' }],
  ['an address that is too long', `/healthz?${'a'.repeat(9_000)}`, {}],
  ['a path beside it', '/healthz/', {}],
  ['a page of nobody', '/', {}],
  ['the API of nobody', '/api/accounts', {}],
  ['the API with a wrong token', '/api/accounts', { headers: { authorization: 'Bearer wrong' } }],
  ['a doubled slash', '//healthz', {}],
]

test.each(requests)('%s is answered as by the application, also before that is loaded', async (_, path, init) => {
  const request = () => {
    const headers = new Headers({ host: HOST, ...(init.headers as Record<string, string>) })
    return new Request(`http://${HOST}${path}`, { ...init, headers })
  }
  const [early, whole] = [await createFrontDoor(web.deps).fetch(request(), {}), await web.app.fetch(request(), {})]
  expect(await seen(early)).toEqual(await seen(whole))
})

test('the health check is answered without the application, and the proof with it', async () => {
  vi.doMock('./app.tsx', () => {
    throw new Error('not read yet')
  })
  const headers = { host: HOST, 'tokendeck-challenge': 'c'.repeat(43) }
  const ask = async (path: string) =>
    await createFrontDoor(web.deps).fetch(new Request(`http://${HOST}${path}`, { headers }), {})
  await expect(ask('/')).rejects.toThrow()
  const answer = await ask('/healthz')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('tokendeck-proof')).toBe(web.access.serverProof('c'.repeat(43), TEST_PORT))
  vi.doUnmock('./app.tsx')
})

/** Status, headers and body, but for what is fresh in every answer. */
async function seen(answer: Response): Promise<unknown> {
  const stale = (text: string) => text.replace(/nonce(-|=")[\w-]{22}/g, 'nonce')
  const headers = [...answer.headers].map(([name, value]) => [name, stale(value)])
  return { status: answer.status, headers: Object.fromEntries(headers), body: stale(await answer.text()) }
}
