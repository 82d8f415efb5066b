/**
 * What holds in every test file: no request leaves this machine, and no home directory of a person is read or written.
 * Knows nothing of what is tested.
 */

import { mkdtempSync } from 'node:fs'
import os, { tmpdir } from 'node:os'
import { join } from 'node:path'
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
for (const name of [
  'HOME',
  'USERPROFILE',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_STATE_HOME',
  'APPDATA',
  'LOCALAPPDATA',
]) {
  process.env[name] = home
}
for (const name of Object.keys(process.env)) {
  if (/^(CLAUDE|CODEX|TOKENDECK|ANTHROPIC|OPENAI)_/.test(name)) delete process.env[name]
}
os.homedir = () => home
