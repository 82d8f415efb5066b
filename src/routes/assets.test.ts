import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../testing/test-app.ts'
import { readAssets } from './asset-bundle.ts'

let web: TestApp
beforeEach(async () => {
  web = await createTestApp()
})
afterEach(() => web.close())

test('everything a page loads is three files, under 60 KB together, immutable, and without a session', async () => {
  let total = 0
  for (const asset of Object.values(readAssets())) {
    const answer = await web.request(asset.address, { headers: { 'accept-encoding': 'gzip, deflate, br, zstd' } })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(answer.headers.get('content-type')).toBe(asset.contentType)
    expect(answer.headers.get('content-encoding')).toBe('br')
    expect(answer.headers.get('vary')).toBe('Accept-Encoding')
    const body = Buffer.from(await answer.arrayBuffer())
    total += body.length
    expect(brotliDecompressSync(body).equals(asset.body)).toBe(true)
  }
  expect(total).toBeLessThan(50_000)
})

test('the encoding is one that the client takes', async () => {
  const { address, body } = readAssets().js
  const get = async (accepted: string) => {
    const answer = await web.request(address, { headers: { 'accept-encoding': accepted } })
    return [answer.headers.get('content-encoding'), Buffer.from(await answer.arrayBuffer())] as const
  }
  expect(gunzipSync((await get('gzip'))[1]).equals(body)).toBe(true)
  expect((await get('br;q=0, gzip;q=0.5'))[0]).toBe('gzip')
  expect((await get('brotli'))[0]).toBeNull()
  expect((await get('identity'))[1].equals(body)).toBe(true)
  const begun = performance.now()
  expect((await get(`br${' '.repeat(50_000)}x`))[0]).toBeNull()
  expect(performance.now() - begun).toBeLessThan(1_000)
})

test('the style sheet is one file: no import is left', () => {
  expect(readAssets().css.body.toString()).not.toContain('@import')
})

test.each([
  '/assets/app.css',
  '/assets/app-0000000000000000.css',
  '/assets/..%2fpackage.json',
  '/assets//etc/passwd',
  '/assets/app.css%00',
  '/assets/',
])('%s is not there', async (path) => {
  expect([400, 404]).toContain((await web.request(path)).status)
})

test('the vendored scripts are the published ones, unchanged', () => {
  const folder = new URL('../../public/vendor/htmx-4.0.1/', import.meta.url).pathname
  const listed = [...readFileSync(join(folder, 'VERSION.txt'), 'utf8').matchAll(/^([0-9a-f]{64}) {2}(\S+)$/gm)]
  expect(listed.map(([, , name]) => name).sort()).toEqual(['hx-csp.min.js', 'hx-sse.min.js', 'htmx.min.js'].sort())
  for (const [, hash, name] of listed) {
    expect(
      createHash('sha256')
        .update(readFileSync(join(folder, name!)))
        .digest('hex'),
      name,
    ).toBe(hash)
  }
})
