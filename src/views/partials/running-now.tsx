/** @jsxImportSource #html */
/** Which account each CLI has now, what runs, and which profiles are in use: one quiet line above the accounts. */

import type { RunningPlace } from '../../switching/running-now.ts'
import { dialogLink, hx } from '../ui/hx.ts'
import { Icon } from '../ui/icon.tsx'
import { personal, personalPath } from '../ui/mask.ts'
import type { ViewContext } from '../view-context.ts'

interface RunningNowProps {
  view: ViewContext
  places: readonly RunningPlace[]
}

/** Its root fetches itself again when an account or a file changed. */
export function RunningNow({ view, places }: RunningNowProps) {
  const { activation } = view.t
  const trigger = 'accounts-changed from:body, candidates-changed from:body'
  return (
    <section
      id="running"
      class="running"
      aria-label={view.t.accounts.runningNow}
      {...hx(view, { get: '/running', swap: 'outerMorph', trigger })}
    >
      {places.length > 0 && (
        <>
          <h2 class="running__title">{view.t.accounts.runningNow}</h2>
          <ul class="running__list">
            {places.map((place) => (
              <Place view={view} place={place} />
            ))}
          </ul>
          <a class="running__undo" data-shortcut="u" {...dialogLink(view, '/backups')}>
            <Icon name="back" /> {activation.undo}
          </a>
        </>
      )}
    </section>
  )
}

function Place({ view, place }: { view: ViewContext; place: RunningPlace }) {
  const { activation } = view.t
  const { cli, holder, usedBy, kind, directory, provider, path } = place
  const isOwn = kind === 'default' || kind === 'environment'
  return (
    <li class="running__place" title={personalPath(view, directory)}>
      <Icon name="terminal" />
      <span class="running__cli">{cli}</span>
      {kind === 'profile' && <span class="tag">{activation.profileTag}</span>}
      <HolderName view={view} holder={holder} />
      <span class="quiet">{usersIn(view, usedBy)}</span>
      {holder !== null && holder.accountId === null && (
        <a class="btn btn--small" {...dialogLink(view, `/imports/new?path=${encodeURIComponent(path)}`)}>
          {activation.addIt}
          <span class="visually-hidden"> {personal(view, holder.name)}</span>
        </a>
      )}
      {isOwn && holder !== null && (
        <a
          class="btn btn--small btn--icon btn--quiet"
          title={activation.empty}
          {...dialogLink(view, `/running/${provider}/clearings/new?directory=${encodeURIComponent(directory)}`)}
        >
          <Icon name="exit" />
          <span class="visually-hidden">{activation.emptyOf(cli)}</span>
        </a>
      )}
    </li>
  )
}

function usersIn({ t: { activation } }: ViewContext, usedBy: RunningPlace['usedBy']): string {
  if (usedBy === null) return activation.usersUnknown
  return usedBy.length > 0 ? activation.usedBy(usedBy.join(', ')) : activation.idle
}

function HolderName({ view, holder }: { view: ViewContext; holder: RunningPlace['holder'] }) {
  const { activation } = view.t
  if (holder === null) return <span class="quiet">{activation.nobodyRuns}</span>
  const name = personal(view, holder.name)
  if (holder.accountId === null) {
    return (
      <span>
        {name} <span class="quiet">({activation.unknownLogin})</span>
      </span>
    )
  }
  return <a href={`/accounts/${holder.accountId}`}>{name}</a>
}
