/** @jsxImportSource #html */
/** The profile of an account on its page: where it is, how its CLI is run there, and how one is made or removed. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import type { ProfileView } from '../../switching/profile-list.ts'
import { CopyField } from '../ui/copy-field.tsx'
import { dialogLink } from '../ui/hx.ts'
import { Icon } from '../ui/icon.tsx'
import { personalPath } from '../ui/mask.ts'
import type { ViewContext } from '../view-context.ts'

export interface AccountProfileProps {
  view: ViewContext
  account: AccountSummary
  /** The provider's CLI; without one there are no profiles. */
  cli: string | null
  /** The profile that holds its login now. */
  profile: ProfileView | null
}

export function AccountProfile({ view, account, cli, profile }: AccountProfileProps) {
  if (cli === null) return null
  const { profiles } = view.t
  return (
    <section class="panel stack" aria-labelledby="profile-title">
      <h2 id="profile-title" class="panel__title">
        {profiles.title}
      </h2>
      {profile === null ? (
        <NoProfile view={view} account={account} />
      ) : (
        <>
          <p>
            <code>{personalPath(view, profile.directory)}</code>
          </p>
          <p class="quiet">{profileFacts(view, profile).join(' · ')}</p>
          <CopyField
            view={view}
            id={`run_${profile.id}`}
            text={`tokendeck exec ${account.label && /^[\w.@-]+$/.test(account.label) ? account.label : account.id} -- ${cli}`}
            label={profiles.copyCommand}
          />
          <div class="button-row">
            <RemoveLink view={view} profile={profile} />
          </div>
        </>
      )}
    </section>
  )
}

function NoProfile({ view, account }: Pick<AccountProfileProps, 'view' | 'account'>) {
  const { profiles } = view.t
  if (account.custody === 'cli') return <p class="quiet">{profiles.elsewhere}</p>
  if (account.custody === 'none') return <p class="quiet">{profiles.unable}</p>
  return (
    <>
      <p class="quiet">{profiles.why}</p>
      <div class="button-row">
        <a class="btn" {...dialogLink(view, `/accounts/${account.id}/profiles/new`)}>
          <Icon name="file" /> {profiles.make}…
        </a>
      </div>
    </>
  )
}

/** A way to the question whether a profile is to be removed. */
export function RemoveLink({ view, profile }: { view: ViewContext; profile: ProfileView }) {
  const { profiles } = view.t
  const href = `/profiles/${profile.id}/removals/new`
  return (
    <a
      class="btn btn--small"
      aria-label={profiles.removeOf(personalPath(view, profile.directory))}
      href={href}
      {...dialogLink(view, href)}
    >
      {profiles.remove}…
    </a>
  )
}

/** What is told of a profile in one line. */
export function profileFacts(view: ViewContext, profile: ProfileView): string[] {
  const { profiles, imports } = view.t
  const users = usersText(view, profile)
  const kinds = profile.shared.flatMap((kind) =>
    Object.hasOwn(profiles.kinds, kind) ? [profiles.kinds[kind as keyof typeof profiles.kinds]] : [],
  )
  return [
    profile.isHolder ? profiles.holds : imports.states[profile.state],
    ...(kinds.length > 0 ? [profiles.sharedNow(kinds.join(', '))] : []),
    ...(users === null ? [] : [users]),
  ]
}

function usersText({ t: { profiles } }: ViewContext, { usedBy }: ProfileView): string | null {
  if (usedBy === null) return profiles.usersUnknown
  return usedBy.length > 0 ? profiles.usedBy(usedBy.join(', ')) : null
}
