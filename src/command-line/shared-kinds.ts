/** Reads what a profile is to share, as a person writes it: names with commas between, or `none`. */

import { isSharedKind, SHARED_KINDS, type SharedKind } from '../switching/profile-sharing.ts'
import { usageFailure } from './exit-codes.ts'

/**
 * The named kinds; null when the option was not given.
 *
 * Errors: CommandFailure with the usage code
 */
export function readShared(option: string | boolean | undefined): SharedKind[] | null {
  if (typeof option !== 'string') return null
  const names = option.split(',').map((name) => name.trim())
  if (names.length === 1 && names[0] === 'none') return []
  const kinds = names.filter(isSharedKind)
  if (kinds.length < names.length)
    throw usageFailure(`--share takes ${SHARED_KINDS.join(', ')} with commas between, or none.`)
  return [...new Set(kinds)]
}
