/** @jsxImportSource #html */
/** Channels: what each is, how its last delivery went, a test, and the form for another. */

import type { AlertChannel } from '../../alerts/alert-channels.ts'
import { CopyField } from '../ui/copy-field.tsx'
import { CsrfField } from '../ui/csrf-field.tsx'
import { Field } from '../ui/field.tsx'
import { MarkShape } from '../ui/icon.tsx'
import { relativeText } from '../ui/time.tsx'
import type { ViewContext } from '../view-context.ts'

/** What was typed into the form, for its second try. Never the API token. */
export interface NewChannel {
  kind: string
  name: string
  target: string
  isPrivate: boolean
  includesNames: boolean
}

interface AlertChannelsProps {
  view: ViewContext
  channels: readonly AlertChannel[]
  made?: { name: string; key: string } | null
  typed?: NewChannel | null
}

export function AlertChannels({ view, channels, made, typed }: AlertChannelsProps) {
  const { alerts: t } = view.t
  return (
    <section id="channels" class="panel alerts__channels" aria-labelledby="channels-title">
      <h2 id="channels-title" class="panel__title">
        {t.channels}
      </h2>
      <p class="quiet">{t.channelsHint}</p>
      {made && (
        <div class="notice stack" data-tone="good">
          <p>
            <strong>{t.key}</strong> ({made.name})
          </p>
          <p>{t.keyHint}</p>
          <CopyField view={view} id="signing-key" text={made.key} label={view.t.frame.copy} />
        </div>
      )}
      {channels.length === 0 ? (
        <p class="alerts__none">{t.noChannels}</p>
      ) : (
        <ul class="alerts__rows">
          {channels.map((channel) => (
            <ChannelRow view={view} channel={channel} />
          ))}
        </ul>
      )}
      <NewChannelForm view={view} typed={typed ?? null} />
    </section>
  )
}

/** Why something was not told, in words. */
export function failureText({ t }: ViewContext, code: string): string {
  return Object.hasOwn(t.alerts.failures, code) ? t.alerts.failures[code]! : t.alerts.failed(code)
}

function ChannelRow({ view, channel }: { view: ViewContext; channel: AlertChannel }) {
  const { alerts: t } = view.t
  const { id, name, kind, hint, pausedAt } = channel
  const act = (path: string, word: string, label: string) => (
    <form method="post" action={`/alerts/channels/${id}/${path}`}>
      <CsrfField view={view} />
      <button type="submit" class="btn btn--small" aria-label={label}>
        {word}
      </button>
    </form>
  )
  const hasFailed = channel.last?.failureCode != null
  return (
    <li class="alert-row">
      <MarkShape tone={pausedAt !== null ? 'idle' : hasFailed ? 'warn' : 'good'} />
      <div class="alert-row__what">
        <p class="alert-row__title">
          {name} {pausedAt !== null && <span class="tag">{t.paused}</span>}{' '}
          {channel.isElsewhere && <span class="tag">{t.elsewhere}</span>}
        </p>
        <p class="quiet">
          {t.channelKinds[kind]} · {hint === null ? t.unreadable : <code>{hint}</code>}
        </p>
        <p class="quiet">{lastText(view, channel)}</p>
      </div>
      <div class="alert-row__acts">
        {act('tests', t.test, t.testOf(name))}
        {pausedAt === null ? act('pauses', t.pause, t.pauseOf(name)) : act('resumptions', t.resume, t.resumeOf(name))}
        {act('removals', t.remove, t.removeOf(name))}
      </div>
    </li>
  )
}

function lastText(view: ViewContext, { last }: AlertChannel): string {
  const { alerts: t } = view.t
  if (last === null) return t.neverTold
  if (last.deliveredAt !== null) return t.lastTold(relativeText(view, last.deliveredAt))
  const why = failureText(view, last.failureCode ?? 'unreachable')
  if (last.gaveUpAt !== null) return t.gaveUp(relativeText(view, last.gaveUpAt), why)
  return t.waits(relativeText(view, last.nextTryAt ?? view.now), why)
}

function NewChannelForm({ view, typed }: { view: ViewContext; typed: NewChannel | null }) {
  const { alerts: t } = view.t
  return (
    <details class="alerts__new" open={typed !== null}>
      <summary>{t.add}</summary>
      <form class="stack" method="post" action="/alerts/channels">
        <CsrfField view={view} />
        <div class="alerts__pair">
          <label class="field">
            <span class="field__label">{t.kind}</span>
            <select class="input" name="kind">
              {Object.entries(t.channelKinds).map(([kind, name]) => (
                <option value={kind} selected={typed?.kind === kind}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <Field id="channel-name" name="name" label={t.name} value={typed?.name} maxlength={60} />
        </div>
        <Field id="channel-target" name="target" label={t.target} value={typed?.target} maxlength={2000} required />
        <ul class="alerts__hints field__hint">
          {Object.entries(t.targetHint).map(([kind, hint]) => (
            <li>
              <strong>{t.channelKinds[kind]}:</strong> {hint}
            </li>
          ))}
        </ul>
        <label class="check check--text">
          <input type="checkbox" name="private" value="yes" checked={typed?.isPrivate ?? false} /> {t.isPrivate}
        </label>
        <label class="check check--text">
          <input type="checkbox" name="names" value="yes" checked={typed?.includesNames ?? false} /> {t.includesNames}
        </label>
        <div class="alerts__danger stack">
          <p>{t.commandWarning}</p>
          <Field id="channel-token" name="api_token" label={t.apiToken} type="password" maxlength={100} />
        </div>
        <div class="button-row">
          <button type="submit" class="btn btn--primary">
            {t.addButton}
          </button>
        </div>
      </form>
    </details>
  )
}
