/** @jsxImportSource #html */
/** The owner's choices, and what this installation is: providers, key, signed-in browsers, places. */

import type { MachineView } from '../../accounts/machines.ts'
import { LANGUAGE_NAMES, LANGUAGES } from '../../messages/languages.ts'
import type { ProfileView } from '../../switching/profile-list.ts'
import { type FrameData, Layout } from '../layout.tsx'
import { type KeyFacts, KeyPanel } from '../partials/key-panel.tsx'
import { OtherHomes } from '../partials/other-homes.tsx'
import { ProfileList } from '../partials/profile-list.tsx'
import { TranscriptChoice } from '../partials/transcript-choice.tsx'
import { CsrfField } from '../ui/csrf-field.tsx'
import { personalPath } from '../ui/mask.ts'
import { FullTime } from '../ui/time.tsx'
import type { ViewContext } from '../view-context.ts'

export interface SettingsPageProps {
  view: ViewContext
  frame: FrameData
  /** Null: as the browser asks. */
  language: string | null
  providers: readonly ProviderFacts[]
  keyFacts: KeyFacts
  sessions: readonly SessionFacts[]
  machines: readonly MachineView[]
  profiles?: readonly ProfileView[]
  /** Other homes that are looked through. */
  homes?: readonly string[]
  about: { home: string; databaseUrl: string; configFile: string }
  /** Whether tokens in transcripts are counted on this machine. */
  countsTranscripts: boolean
}

/** The endpoints of a provider, for reading only. */
export interface ProviderFacts {
  id: string
  name: string
  clientId: string
  authorizationUrl: string
  tokenUrl: string
  revocationUrl: string | null
  profileUrl: string | null
}

export interface SessionFacts {
  id: string
  userAgent: string | null
  createdAt: number
  lastSeenAt: number
  isThis: boolean
}

export function SettingsPage(props: SettingsPageProps) {
  const { view, frame } = props
  return (
    <Layout view={view} title={view.t.settings.title} frame={frame} section="settings">
      <div class="page-head">
        <h1 class="page-head__title">{view.t.settings.title}</h1>
      </div>
      <div class="settings">
        <Appearance {...props} />
        <TranscriptChoice view={view} areCounted={props.countsTranscripts} />
        <AlertsLink {...props} />
        <Sessions {...props} />
        <Machines {...props} />
        <ProfileList view={view} profiles={props.profiles ?? []} />
        <OtherHomes view={view} homes={props.homes ?? []} />
        <Providers {...props} />
        <KeyPanel view={view} facts={props.keyFacts} />
        <About {...props} />
      </div>
    </Layout>
  )
}

function Appearance({ view, language }: SettingsPageProps) {
  const { settings, frame } = view.t
  return (
    <section class="panel" aria-labelledby="appearance-title">
      <h2 id="appearance-title" class="panel__title">
        {settings.appearance}
      </h2>
      <form class="stack" method="post" action="/settings">
        <CsrfField view={view} />
        <label class="field">
          <span class="field__label">{settings.language}</span>
          <select class="input" name="language">
            <option value="" selected={language === null}>
              {settings.automatic}
            </option>
            {LANGUAGES.map((each) => (
              <option value={each} selected={language === each} lang={each}>
                {LANGUAGE_NAMES[each]}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span class="field__label">{settings.theme}</span>
          <select class="input" name="theme">
            {(['system', 'light', 'dark'] as const).map((theme) => (
              <option value={theme} selected={view.theme === theme}>
                {settings.themes[theme]}
              </option>
            ))}
          </select>
        </label>
        <input type="hidden" name="masked" value="no" />
        <label class="check">
          <input type="checkbox" name="masked" value="yes" checked={view.isMasked} /> {settings.mask}
        </label>
        <div class="button-row">
          <button type="submit" class="btn btn--primary">
            {frame.save}
          </button>
        </div>
      </form>
    </section>
  )
}

function AlertsLink({ view }: SettingsPageProps) {
  const { alerts } = view.t
  return (
    <section class="panel" aria-labelledby="alerts-link-title">
      <h2 id="alerts-link-title" class="panel__title">
        {alerts.title}
      </h2>
      <p class="quiet">{alerts.settingsHint}</p>
      <p class="button-row">
        <a class="btn" href="/alerts">
          {alerts.openAlerts}
        </a>
      </p>
    </section>
  )
}

function Sessions({ view, sessions }: SettingsPageProps) {
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

/** Only where there is something to tell: one machine alone needs no list. */
function Machines({ view, machines }: SettingsPageProps) {
  const { settings } = view.t
  if (machines.length < 2) return null
  return (
    <section class="panel" aria-labelledby="machines-title">
      <h2 id="machines-title" class="panel__title">
        {settings.machines}
      </h2>
      <p class="quiet">{settings.machinesHint}</p>
      <ul class="sessions">
        {machines.map((machine) => (
          <li class="session">
            <div class="session__what">
              <p class="session__agent">
                <span class="session__name">{machine.name}</span>{' '}
                {machine.isThis && <span class="tag tag--live">{settings.thisMachine}</span>}
              </p>
              <p class="quiet">
                {settings.lastSeen}: <FullTime view={view} at={machine.lastSeenAt} /> · {settings.since}:{' '}
                <FullTime view={view} at={machine.firstSeenAt} />
              </p>
              {machine.retiredAt !== null && <p class="quiet">{settings.machineRetired}</p>}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Providers({ view, providers }: SettingsPageProps) {
  const { settings } = view.t
  return (
    <section class="panel settings__wide" aria-labelledby="providers-title">
      <h2 id="providers-title" class="panel__title">
        {settings.providers}
      </h2>
      <p class="quiet">{settings.providersHint}</p>
      <div class="provider-facts">
        {providers.map((provider) => (
          <div>
            <h3 class="provider-facts__name">{provider.name}</h3>
            <Facts
              rows={[
                [settings.endpoint.client, provider.clientId || '—'],
                [settings.endpoint.authorization, provider.authorizationUrl],
                [settings.endpoint.token, provider.tokenUrl],
                [settings.endpoint.revocation, provider.revocationUrl ?? '—'],
                [settings.endpoint.profile, provider.profileUrl ?? '—'],
              ]}
            />
          </div>
        ))}
      </div>
    </section>
  )
}

function About({ view, about }: SettingsPageProps) {
  const { settings, frame } = view.t
  return (
    <section class="panel" aria-labelledby="about-title">
      <h2 id="about-title" class="panel__title">
        {settings.about}
      </h2>
      <Facts
        rows={[
          [settings.version, view.version],
          [settings.home, personalPath(view, about.home)],
          [settings.database, personalPath(view, about.databaseUrl)],
          [settings.config, personalPath(view, about.configFile)],
        ]}
      />
      <p class="quiet">{settings.license}</p>
      <p class="quiet">{frame.disclaimer}</p>
    </section>
  )
}

function Facts({ rows }: { rows: readonly (readonly [string, string])[] }) {
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <div class="facts__row">
          <dt>{name}</dt>
          <dd>
            <code>{value}</code>
          </dd>
        </div>
      ))}
    </dl>
  )
}
