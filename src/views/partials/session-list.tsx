/** @jsxImportSource #html */
/** Browsers that are signed in to this dashboard. */

import { CsrfField } from '../ui/csrf-field.tsx'
import { FullTime } from '../ui/time.tsx'
import type { ViewContext } from '../view-context.ts'

export interface SessionFacts {
  id: string
  userAgent: string | null
  createdAt: number
  lastSeenAt: number
  isThis: boolean
}

export function SessionList({ view, sessions }: { view: ViewContext; sessions: readonly SessionFacts[] }) {
  const { settings, frame } = view.t
  return (
    <section class="panel" aria-labelledby="sessions-title">
      <h2 id="sessions-title" class="panel__title">
        {settings.sessions}
      </h2>
      <ul class="sessions">
        {sessions.map((session) => {
          const name = session.userAgent ?? frame.unknown
          return (
            <li class="session">
              <div class="session__what">
                <p class="session__agent">
                  <span class="session__name">{name}</span>{' '}
                  {session.isThis && <span class="tag tag--live">{settings.thisBrowser}</span>}
                </p>
                <p class="quiet">
                  {settings.lastSeen}: <FullTime view={view} at={session.lastSeenAt} /> · {settings.since}:{' '}
                  <FullTime view={view} at={session.createdAt} />
                </p>
              </div>
              <form method="post" action={session.isThis ? '/sign-out' : `/sessions/${session.id}/ending`}>
                <CsrfField view={view} />
                <button
                  type="submit"
                  class="btn btn--small"
                  aria-label={settings.endSessionOf(session.isThis ? settings.thisBrowser : name)}
                >
                  {settings.endSession}
                </button>
              </form>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
