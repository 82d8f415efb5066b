/** What happens, for programs: server-sent events named by their past-tense fact, with ids and never a secret. */

import type { Context } from 'hono'
import type { AppEvent } from '../../../events/bus.ts'
import type { AppEnvironment } from '../../dependencies.ts'
import { eventStream } from '../../event-stream.ts'
import type { ApiEnvironment } from './environment.ts'
import { rfc3339 } from './instants.ts'

/** The stream of `GET /api/events`. It tells what happens from now on; the present state is at /api/accounts. */
export function apiEventStream(c: Context<ApiEnvironment>): Response {
  const { events, clock } = c.get('deps').accounts
  return eventStream(c as unknown as Context<AppEnvironment>, async ({ signal, send }) => {
    const unsubscribe = events.subscribe((event) => {
      const fact = JSON.stringify({ type: event.type, ...subjectOf(event), at: rfc3339(clock.now()) })
      send({ event: event.type, data: fact })
    })
    signal.addEventListener('abort', unsubscribe, { once: true })
  })
}

function subjectOf(event: AppEvent): Record<string, string> {
  if ('accountId' in event) return { account_id: event.accountId }
  if ('authorizationId' in event) return { authorization_id: event.authorizationId }
  if ('revocationId' in event) return { revocation_id: event.revocationId }
  return {}
}
