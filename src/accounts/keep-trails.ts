/** Brings the trails up to what has happened: calls that ended are written, and events of the history are linked. */

import { growAuditTrail } from './audit-trail.ts'
import type { AccountsContext } from './context.ts'

/** Errors: StoreError; what is left waits for the next time */
export async function keepTrails(context: AccountsContext): Promise<void> {
  await context.calls.flush()
  await growAuditTrail(context)
}
