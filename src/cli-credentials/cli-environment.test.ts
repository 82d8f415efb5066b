import { expect, test } from 'vitest'
import { environmentOf } from './cli-environment.ts'
import { CLIS } from './clis/index.ts'
import { credentialPlaces, profilePlace } from './credential-places.ts'

const providers = [
  { id: 'claude', cli: 'claude' as const },
  { id: 'codex', cli: 'codex' as const },
]
const none = { claudeConfigDir: null, claudeSecureStorageConfigDir: null, codexHome: null }

test('in its default place a CLI must not be pointed anywhere', () => {
  const [claude, codex] = credentialPlaces({ home: '/home/ada', ...none, providers })
  expect(environmentOf(claude!)).toEqual({
    set: {},
    unset: ['CLAUDE_CONFIG_DIR', 'CLAUDE_SECURESTORAGE_CONFIG_DIR', ...CLIS.claude.outrankingVariables],
  })
  expect(environmentOf(codex!)).toEqual({ set: {}, unset: ['CODEX_HOME', ...CLIS.codex.outrankingVariables] })
})

test('in a profile it is pointed there, and everything that outranks the login is gone', () => {
  expect(environmentOf(profilePlace('claude', 'claude', '/p/claude-1'))).toEqual({
    set: { CLAUDE_CONFIG_DIR: '/p/claude-1' },
    unset: ['CLAUDE_SECURESTORAGE_CONFIG_DIR', ...CLIS.claude.outrankingVariables],
  })
  expect(environmentOf(profilePlace('codex', 'codex', '/p/codex-1')).set).toEqual({ CODEX_HOME: '/p/codex-1' })
})

test('where only the tokens of Claude Code were moved, its settings stay where they are', () => {
  const moved = { ...none, claudeSecureStorageConfigDir: '/safe' }
  const [place] = credentialPlaces({ home: '/home/ada', ...moved, providers })
  const { set, unset } = environmentOf(place!)
  expect(set).toEqual({ CLAUDE_SECURESTORAGE_CONFIG_DIR: '/safe' })
  expect(unset).not.toContain('CLAUDE_CONFIG_DIR')
})
