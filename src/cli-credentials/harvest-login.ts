/** Takes the login out of files that were read: for keeping what is newest before another login goes in. */

import type { Identity } from '../oauth/identity.ts'
import { judgeClaudeCredentials } from './claude-credentials.ts'
import { claudeMembers } from './claude-login.ts'
import { judgeCodexCredentials } from './codex-credentials.ts'
import { codexMembers } from './codex-login.ts'
import type { PlaceFiles } from './place-files.ts'
import type { HarvestedLogin } from './writable-login.ts'

/**
 * The login that the files hold now, null when none is in them.
 *
 * Shape:  `identity` stands for what the files say of whose it is, where somebody asked the provider
 * Errors: none; total
 */
export function loginOf({ place, files }: PlaceFiles, identity?: Identity): HarvestedLogin | null {
  const [text, companion] = (['credentials', 'companion'] as const).map(
    (role) => files.find((file) => file.role === role)?.text?.reveal() ?? null,
  ) as [string | null, string | null]
  const judgement = place.cli === 'claude' ? judgeClaudeCredentials(text, companion) : judgeCodexCredentials(text)
  if (judgement.state !== 'live') return null
  const { lastRefreshAt, ...tokens } = judgement.tokens
  const owner = identity ?? judgement.identity
  const modifiedNs = files[0]?.facts?.modifiedNs ?? 0n
  return {
    ...tokens,
    identity: owner,
    issuedAt: lastRefreshAt ?? Number(modifiedNs / 1_000_000n),
    members: owner && membersOf(place.cli, text!, companion, owner),
    warnings: judgement.warnings,
  }
}

function membersOf(cli: 'claude' | 'codex', text: string, companion: string | null, owner: Identity) {
  return cli === 'claude' ? claudeMembers(text, companion, owner) : codexMembers(text, owner)
}
