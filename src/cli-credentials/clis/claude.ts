/** Claude Code. Source: Claude Code 2.1.330, observed, unless told otherwise. */

import { join } from 'node:path'
import { SECOND_MS } from '../../lib/clock.ts'
import type { Cli } from './cli.ts'

export const claude: Cli = {
  name: 'claude',
  homeDirectory: '.claude',
  credentialFile: '.credentials.json',
  companionFile: '.claude.json',
  ownKeys: ['claudeAiOauth'],
  mayOwn: () => true,
  directoryVariables: ['CLAUDE_CONFIG_DIR', 'CLAUDE_SECURESTORAGE_CONFIG_DIR'],
  // Source: Claude Code's documentation of authentication precedence (2026-08-22).
  outrankingVariables: [
    'CLAUDE_CODE_USE_BEDROCK',
    'CLAUDE_CODE_USE_VERTEX',
    'CLAUDE_CODE_USE_FOUNDRY',
    'ANTHROPIC_AUTH_TOKEN',
    'ANTHROPIC_API_KEY',
    'CLAUDE_CODE_OAUTH_TOKEN',
    'CLAUDE_CODE_OAUTH_REFRESH_TOKEN',
  ],
  tokenVariable: 'CLAUDE_CODE_OAUTH_TOKEN',
  signIn: { args: ['auth', 'login'], takesCode: true },
  // Refuses one when it reads, and replaces it when it writes.
  symlinks: 'refuse',
  holdsLocksWhileRenewing: true,
  locks({ companionPath }, directory, scope) {
    const renewal = [
      { path: join(directory, '.oauth_refresh.lock'), staleMs: 60 * SECOND_MS },
      { path: `${directory}.lock`, staleMs: 60 * SECOND_MS },
    ]
    if (scope === 'refresh') return { kind: 'directories', rules: renewal }
    const write = { path: join(directory, '.storage-write.lock'), staleMs: 15 * SECOND_MS }
    const companion = companionPath === null ? [] : [{ path: `${companionPath}.lock`, staleMs: 10 * SECOND_MS }]
    return { kind: 'directories', rules: [...renewal, write, ...companion] }
  },
  // On macOS; eight hexadecimal digits of the directory where it is named by the environment.
  keyringItem({ directory, kind }) {
    const digits = new Bun.CryptoHasher('sha256').update(directory.normalize('NFC')).digest('hex').slice(0, 8)
    const suffix = kind === 'default' ? '' : `-${digits}`
    return { store: 'keychain', service: `Claude Code-credentials${suffix}`, account: null }
  },
  keyringOpensOn: 'darwin',
  namesInTools: /^(anthropic|anthropic-oauth|claude|claude-code|claude-cli|claude-max)$/,
}
