/** @jsxImportSource #html */
/** Every profile of this machine, for the settings page. */

import type { ProfileView } from '../../switching/profile-list.ts'
import { personalPath, personalText } from '../ui/mask.ts'
import type { ViewContext } from '../view-context.ts'
import { profileFacts, RemoveLink } from './account-profile.tsx'

export function ProfileList({ view, profiles }: { view: ViewContext; profiles: readonly ProfileView[] }) {
  const { profiles: words } = view.t
  return (
    <section class="panel settings__wide" aria-labelledby="profiles-title">
      <h2 id="profiles-title" class="panel__title">
        {words.all}
      </h2>
      <p class="quiet">{profiles.length > 0 ? words.lead : words.none}</p>
      <ul class="sessions">
        {profiles.map((profile) => (
          <li class="session">
            <div class="session__what">
              <p class="session__agent">
                <span class="session__name">
                  {profile.accountId === null ? (
                    personalText(view, profile.identity ?? words.nobody)
                  ) : (
                    <a href={`/accounts/${profile.accountId}`}>{personalText(view, profile.accountName ?? '')}</a>
                  )}
                </span>{' '}
                <span class="quiet">{profile.providerName}</span>
              </p>
              <p>
                <code>{personalPath(view, profile.directory)}</code>
              </p>
              <p class="quiet">{profileFacts(view, profile).join(' · ')}</p>
            </div>
            <div>
              <RemoveLink view={view} profile={profile} />
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
