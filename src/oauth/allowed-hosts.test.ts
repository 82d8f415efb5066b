/** Which hosts the program itself may ask, once providers are configured. */

import { describe, expect, test } from 'vitest'
import { allowedHosts, applyProviderConfig } from './own-providers.ts'
import { builtInProviders } from './providers/index.ts'

const ACME = `
[providers.acme]
client_id = "acme-client"
authorization_url = "https://id.acme.example/authorize"
token_url = "https://id.acme.example/token"
`

describe('allowedHosts', () => {
  test('the built-in endpoints and nothing else', () => {
    const hosts = [
      'platform.claude.com',
      'api.anthropic.com',
      'auth.openai.com',
      'chatgpt.com',
      'github.com',
      'api.github.com',
    ]
    expect([...allowedHosts(builtInProviders)].sort()).toEqual(hosts.sort())
  })

  test('what the file names, with its port; what it replaces is gone', () => {
    const toml = `${ACME}device_authorization_url = "https://device.acme.example/d"\n[providers.codex]\nusage_url = "http://127.0.0.1:4000/u"`
    const hosts = allowedHosts(applyProviderConfig(builtInProviders, toml).values())
    expect(hosts).toContain('id.acme.example')
    expect(hosts).toContain('device.acme.example')
    expect(hosts).toContain('127.0.0.1:4000')
    expect(hosts).not.toContain('chatgpt.com')
  })
})

test('tables that other rooms read are left to them', () => {
  const toml = '[thresholds]\nwarn = 7\n'
  expect(() => applyProviderConfig(builtInProviders, toml)).toThrow('unknown key')
  expect(applyProviderConfig(builtInProviders, toml, ['thresholds']).size).toBe(3)
})
