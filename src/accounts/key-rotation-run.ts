/**
 * A rotation of the key that a person started and need not wait for: it goes on by itself, and what became of it can be
 * looked at. Kept in memory; what a process that ended left undone is finished by the next start.
 */

import type { AccountsContext } from './context.ts'
import { AccountError } from './errors.ts'
import { type KeyRotation, type RotationChoice, rotateKey } from './rotate-key.ts'

/** Most rotations end within this, so that whoever asked sees the result at once. Milliseconds. */
const SHOWN_AT_ONCE_MS = 1_500

/** Instants in epoch milliseconds. */
export type RotationRun =
  | { state: 'under_way'; startedAt: number }
  | { state: 'ended'; at: number; rotation: KeyRotation }
  | { state: 'refused'; at: number; error: AccountError }

const runs = new WeakMap<AccountsContext['keys'], RotationRun>()

/**
 * Starts a rotation, unless one runs. Resolves when it has ended, or after a moment.
 *
 * Errors: none; a refusal is what became of it
 */
export async function startKeyRotation(context: AccountsContext, choice: RotationChoice): Promise<void> {
  const { clock, keys, log } = context
  if (runs.get(keys)?.state === 'under_way') return
  runs.set(keys, { state: 'under_way', startedAt: clock.now() })
  const run = rotateKey(context, choice).then(
    (rotation) => {
      runs.set(keys, { state: 'ended', at: clock.now(), rotation })
    },
    (error: unknown) => {
      log.error('key.not_rotated', { error: error instanceof AccountError ? error.code : 'unexpected' })
      const refusal = error instanceof AccountError ? error : new AccountError('store_failed')
      runs.set(keys, { state: 'refused', at: clock.now(), error: refusal })
    },
  )
  const enough = new AbortController()
  await Promise.race([run.finally(() => enough.abort()), clock.sleep(SHOWN_AT_ONCE_MS, enough.signal)])
}

/** What became of the last one that was started here; null when none was. */
export function lastKeyRotation({ keys }: Pick<AccountsContext, 'keys'>): RotationRun | null {
  return runs.get(keys) ?? null
}
