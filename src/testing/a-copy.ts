/** The record of a copy as a look at a file leaves it. */

import type { CopyRow } from '../db/grant-copy-store.ts'
import { TEST_NOW } from './fake-clock.ts'

/** A copy in the CLI's own file on this machine, with what a test says of it. */
export function aCopy(changes: Partial<CopyRow> & Pick<CopyRow, 'accountId'>): CopyRow {
  return {
    id: `cop_${changes.accountId}_${changes.machineId ?? 'here'}_${changes.place ?? 'default'}`,
    kind: 'cli_file',
    machineId: 'here',
    place: '/home/ada/.claude/.credentials.json',
    grantId: null,
    refreshTokenFingerprint: null,
    generation: null,
    accessTokenExpiresAt: null,
    mayRefresh: true,
    seenAt: TEST_NOW,
    goneAt: null,
    ...changes,
  }
}
