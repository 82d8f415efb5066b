/** @jsxImportSource #html */
/** Addresses under which a calendar program reads the timeline: made, shown once, revoked. */

import type { CalendarFeed } from '../../timeline/calendar-feeds.ts'
import { CopyField } from '../ui/copy-field.tsx'
import { CsrfField } from '../ui/csrf-field.tsx'
import { Field } from '../ui/field.tsx'
import { FullTime, relativeText } from '../ui/time.tsx'
import type { ViewContext } from '../view-context.ts'

interface CalendarFeedsProps {
  view: ViewContext
  feeds: readonly CalendarFeed[]
  made: string | null
}

export function CalendarFeeds({ view, feeds, made }: CalendarFeedsProps) {
  const { feeds: t } = view.t.timeline
  return (
    <section id="feeds" class="panel stack" aria-labelledby="feeds-title">
      <h2 id="feeds-title" class="panel__title">
        {t.title}
      </h2>
      <p class="quiet">{t.hint}</p>
      {made !== null && (
        <div class="notice stack" data-tone="good">
          <p>
            <strong>{t.made}</strong>
          </p>
          <p>{t.madeHint}</p>
          <CopyField view={view} id="feed-address" text={made} label={view.t.frame.copy} />
        </div>
      )}
      {feeds.length === 0 ? (
        <p>{t.none}</p>
      ) : (
        <ul class="sessions">
          {feeds.map((feed) => (
            <li class="session">
              <div class="session__what">
                <p class="session__agent">
                  <span class="session__name">{feed.name}</span>{' '}
                  {feed.includesNames && <span class="tag">{t.withNames}</span>}
                </p>
                <p class="quiet">
                  <FullTime view={view} at={feed.createdAt} /> ·{' '}
                  {feed.lastReadAt === null ? t.neverRead : t.lastRead(relativeText(view, feed.lastReadAt))}
                </p>
              </div>
              <form method="post" action={`/timeline/feeds/${feed.id}/revocations`}>
                <CsrfField view={view} />
                <button type="submit" class="btn btn--small" aria-label={t.revokeOf(feed.name)}>
                  {t.revoke}
                </button>
              </form>
            </li>
          ))}
        </ul>
      )}
      <form class="stack" method="post" action="/timeline/feeds">
        <CsrfField view={view} />
        <Field id="feed-name" name="name" label={t.name} value={t.defaultName} maxlength={60} />
        <label class="check check--text">
          <input type="checkbox" name="names" value="yes" /> {t.includesNames}
        </label>
        <div class="button-row">
          <button type="submit" class="btn">
            {t.make}
          </button>
        </div>
      </form>
    </section>
  )
}
