/**
 * What holds in every test file: no request leaves this machine, and no home directory of a person is read or written.
 * Knows nothing of what is tested.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, vi } from 'vitest'
import { isLoopback } from './loopback.ts'

const realFetch = globalThis.fetch

/** The machine's own fetch for loopback; anything else is an error that names the host only. */
const loopbackFetch = ((input: RequestInfo | URL, init?: RequestInit) => {
  const url = new URL(input instanceof Request ? input.url : String(input))
  if (!isLoopback(url.hostname)) {
    return Promise.reject(new Error(`A test tried to reach ${url.host}; tests reach loopback only.`))
  }
  return realFetch(input, init)
}) as typeof fetch

globalThis.fetch = Object.assign(loopbackFetch, { preconnect: realFetch.preconnect })

const home = mkdtempSync(join(tmpdir(), 'tokendeck-test-home-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

for (const name of Object.keys(process.env)) {
  if (/^(CLAUDE|CODEX|TOKENDECK|ANTHROPIC|OPENAI|XDG)_/.test(name) && name !== 'TOKENDECK_COUNTS')
    delete process.env[name]
}
for (const name of ['HOME', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA']) process.env[name] = home

vi.mock('node:os', async (importOriginal) => {
  const os = await importOriginal<typeof import('node:os')>()
  const homedir = () => process.env.HOME ?? ''
  return { ...os, homedir, default: { ...os, homedir } }
})
