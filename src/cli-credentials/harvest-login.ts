/** Takes the login out of files that were read: for keeping what is newest before another login goes in. */

import type { Identity } from '../oauth/identity.ts'
import { LOGIN_FILES } from './clis/login-files.ts'
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
  const { judge, membersOf } = LOGIN_FILES[place.cli]
  const judgement = judge(text, companion)
  if (judgement.state !== 'live') return null
  const { lastRefreshAt, ...tokens } = judgement.tokens
  const owner = identity ?? judgement.identity
  const modifiedNs = files[0]?.facts?.modifiedNs ?? 0n
  return {
    ...tokens,
    identity: owner,
    issuedAt: lastRefreshAt ?? Number(modifiedNs / 1_000_000n),
    members: owner && membersOf(text!, companion, owner),
    warnings: judgement.warnings,
  }
}
