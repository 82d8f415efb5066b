/** What became of a login when the storm is over: kept, or lost for a reason that holds and is told. */

import type { GrantRow } from '../../db/grant-store.ts'
import type { ModelLogin, ModelProvider } from './model-provider.ts'
import { sealedText } from './simulated-process.ts'

/** Why a login may be over whose database came back from an older copy. */
export const RESTORED = 'it was spent after the copy was made'

export type Fate = 'kept' | 'lost' | 'lost to the CLI'

/** The stored refresh token is worth something. */
function isKept(provider: ModelProvider, login: ModelLogin, grant: GrantRow): boolean {
  if (provider.reuse === 'grace') return !login.isRevoked
  return provider.isCurrent(sealedText(grant.refreshTokenSealed ?? ''))
}

/** A login that is gone while nothing says so, and nobody is on the way to find out. Null when there is nothing to say. */
export function silentLoss(provider: ModelProvider, login: ModelLogin, grant: GrantRow): string | null {
  const { refusedAt, uncertainAt, suspectAt, leaseOwner } = grant
  const isKnown = refusedAt !== null || uncertainAt !== null || suspectAt !== null || leaseOwner !== null
  if (isKnown || isKept(provider, login, grant) || login.hasForeignConflict) return null
  // A holder that was thought dead may have had its answer saved: that its login was ended meanwhile shows with the next refresh.
  if (login.spentBy.some((request) => request?.by === 'cli' || request?.excuse === 'its lease was over')) return null
  return 'a login is lost, and nothing says so'
}

/** The fate of a login after one more refresh was asked for, or the rule that was broken. */
export function judge(provider: ModelProvider, login: ModelLogin, grant: GrantRow): Fate | { broken: string } {
  if (isKept(provider, login, grant)) {
    return grant.refusedAt === null ? 'kept' : { broken: `a login that lives is called over: ${grant.refusalCode}` }
  }
  if (grant.refusedAt === null) return { broken: 'a lost login is not told' }
  if (login.hasForeignConflict || login.spentBy.some((request) => request?.by === 'cli')) return 'lost to the CLI'
  if (provider.reuse === 'grace') return { broken: 'a login is lost although its provider repeats answers' }
  const excuses = login.spentBy.flatMap((request) => request?.excuse ?? [])
  if (excuses.length === 0) return { broken: 'a login is lost although every answer reached us and was kept' }
  const isTakenOver = excuses.includes('its lease was over')
  const isRestored = excuses.includes(RESTORED) && grant.suspectAt !== null
  if (grant.uncertainAt === null && !isTakenOver && !isRestored) return { broken: 'a lost answer is called a refusal' }
  return 'lost'
}

/** Nobody has anything to do for this grant: it is not in doubt, not held, and not due. */
export function isAtRest(grant: GrantRow, now: number): boolean {
  if (grant.retiredAt !== null || grant.refusedAt !== null || grant.custody === 'cli') return true
  const isInDoubt = grant.uncertainAt !== null || grant.leaseOwner !== null || grant.failures > 0
  return !isInDoubt && (grant.nextRefreshAt ?? 0) > now
}
