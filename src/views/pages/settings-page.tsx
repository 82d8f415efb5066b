/** @jsxImportSource #html */
/** The owner's choices, and what this installation is: providers, key, signed-in browsers, places. */

import type { MachineView } from '../../accounts/machines.ts'
import type { ProfileView } from '../../switching/profile-list.ts'
import { type FrameData, Layout } from '../layout.tsx'
import { AppearanceForm } from '../partials/appearance-form.tsx'
import { type KeyFacts, KeyPanel } from '../partials/key-panel.tsx'
import { MachineList } from '../partials/machine-list.tsx'
import { OtherHomes } from '../partials/other-homes.tsx'
import { ProfileList } from '../partials/profile-list.tsx'
import { type ProviderFacts, ProviderList } from '../partials/provider-list.tsx'
import { type SessionFacts, SessionList } from '../partials/session-list.tsx'
import { TranscriptChoice } from '../partials/transcript-choice.tsx'
import { FactList } from '../ui/fact-list.tsx'
import { personalPath } from '../ui/mask.ts'
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

export function SettingsPage(props: SettingsPageProps) {
  const { view, frame } = props
  return (
    <Layout view={view} title={view.t.settings.title} frame={frame} section="settings">
      <div class="page-head">
        <h1 class="page-head__title">{view.t.settings.title}</h1>
      </div>
      <div class="settings">
        <AppearanceForm view={view} language={props.language} />
        <TranscriptChoice view={view} areCounted={props.countsTranscripts} />
        <AlertsLink view={view} />
        <SessionList view={view} sessions={props.sessions} />
        <MachineList view={view} machines={props.machines} />
        <ProfileList view={view} profiles={props.profiles ?? []} />
        <OtherHomes view={view} homes={props.homes ?? []} />
        <ProviderList view={view} providers={props.providers} />
        <KeyPanel view={view} facts={props.keyFacts} />
        <About view={view} about={props.about} />
      </div>
    </Layout>
  )
}

function AlertsLink({ view }: Pick<SettingsPageProps, 'view'>) {
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

function About({ view, about }: Pick<SettingsPageProps, 'view' | 'about'>) {
  const { settings, frame } = view.t
  return (
    <section class="panel" aria-labelledby="about-title">
      <h2 id="about-title" class="panel__title">
        {settings.about}
      </h2>
      <FactList
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
