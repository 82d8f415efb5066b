/** @jsxImportSource #html */
/** The encryption key: what and where it is, a new one in its place, and what became of that. */

import type { RotationRun } from '../../accounts/key-rotation-run.ts'
import type { KeyRotation } from '../../accounts/rotate-key.ts'
import { errorText } from '../../messages/errors.ts'
import { CsrfField } from '../ui/csrf-field.tsx'
import { personalPath } from '../ui/mask.ts'
import { FullTime } from '../ui/time.tsx'
import type { ViewContext } from '../view-context.ts'

/** What the page tells of the key. */
export interface KeyFacts {
  id: string
  source: string
  location: string
  /** Keys that were replaced and still open, newest first. Instants in epoch milliseconds. */
  former: readonly { id: string; retiredAt: number; keepUntil: number | null; emptiedAt: number | null }[]
  run: RotationRun | null
  /** Other machines may use this database, and would go on with the old key. */
  isShared: boolean
}

/** For how long an old key may be kept, in days; `always`: until somebody destroys it. */
export const KEPT_DAYS = ['30', '90', '365', 'always', '0'] as const

export function KeyPanel({ view, facts }: { view: ViewContext; facts: KeyFacts }) {
  const { settings } = view.t
  return (
    <section class="panel" id="key" aria-labelledby="key-title">
      <h2 id="key-title" class="panel__title">
        {settings.key}
      </h2>
      <p class="quiet">{settings.keyHint}</p>
      <dl class="facts">
        <div class="facts__row">
          <dt>{settings.keyIs}</dt>
          <dd>
            <code>
              {settings.keySources[facts.source] ?? facts.source}: {personalPath(view, facts.location)}
            </code>
          </dd>
        </div>
        <div class="facts__row">
          <dt>ID</dt>
          <dd>
            <code>{facts.id}</code>
          </dd>
        </div>
        {facts.former.map((key) => (
          <FormerKey view={view} formerKey={key} />
        ))}
      </dl>
      <div class="stack">
        <Outcome view={view} run={facts.run} />
        {facts.run?.state !== 'under_way' && <RotationForm view={view} isShared={facts.isShared} />}
      </div>
    </section>
  )
}

function FormerKey({ view, formerKey }: { view: ViewContext; formerKey: KeyFacts['former'][number] }) {
  const { keyRotation } = view.t
  const { id, keepUntil, emptiedAt } = formerKey
  return (
    <div class="facts__row">
      <dt>{keyRotation.former}</dt>
      <dd>
        <code>{id}</code>{' '}
        <span class="quiet">
          {emptiedAt === null ? keyRotation.notEmptied : keyRotation.emptied}{' '}
          {keepUntil === null ? keyRotation.keptAlways : keyRotation.destroyedAfter}{' '}
          {keepUntil !== null && <FullTime view={view} at={keepUntil} />}
        </span>
      </dd>
    </div>
  )
}

function Outcome({ view, run }: { view: ViewContext; run: RotationRun | null }) {
  const { keyRotation } = view.t
  if (run === null) return null
  if (run.state === 'under_way') {
    return (
      <div class="notice" role="status" data-tone="warn">
        <div class="stack">
          <p>
            {keyRotation.underWay} <FullTime view={view} at={run.startedAt} />
          </p>
          <p class="button-row">
            <a class="btn btn--small" href="/settings#key">
              {keyRotation.lookAgain}
            </a>
          </p>
        </div>
      </div>
    )
  }
  if (run.state === 'refused') {
    const { code, params } = run.error
    const { title, detail } = errorText(view.language, code, params, view.now)
    return (
      <div class="notice" role="status" data-tone="bad">
        <div class="stack">
          <p class="notice__title">{title}</p>
          <p>{detail}</p>
        </div>
      </div>
    )
  }
  return <Done view={view} rotation={run.rotation} />
}

function Done({ view, rotation }: { view: ViewContext; rotation: KeyRotation }) {
  const { keyRotation } = view.t
  const { from, to, resealed, left, unreadable, isResumed } = rotation
  return (
    <div class="notice" role="status" data-tone={left === 0 ? 'good' : 'warn'}>
      <div class="stack">
        <p class="notice__title">{isResumed ? keyRotation.finished(from, to) : keyRotation.done(from, to)}</p>
        <p>{keyRotation.resealed(resealed)}</p>
        {left > unreadable && <p>{keyRotation.left(left - unreadable)}</p>}
        {unreadable > 0 && <p>{keyRotation.unreadable(unreadable, from)}</p>}
        <p>{keyRotation.newKit}</p>
      </div>
    </div>
  )
}

function RotationForm({ view, isShared }: { view: ViewContext; isShared: boolean }) {
  const { keyRotation } = view.t
  return (
    <form class="stack" method="post" action="/settings/key-rotations">
      <CsrfField view={view} />
      <p class="quiet">{keyRotation.why}</p>
      <p class="quiet">{keyRotation.how}</p>
      <label class="field">
        <span class="field__label">{keyRotation.keep}</span>
        <select class="input" name="keep_days" aria-describedby="keep-hint">
          {KEPT_DAYS.map((days) => (
            <option value={days}>{keyRotation.keepFor[days]}</option>
          ))}
        </select>
      </label>
      <p id="keep-hint" class="quiet">
        {keyRotation.keepHint}
      </p>
      {isShared && (
        <label class="check">
          <input type="checkbox" name="others_are_stopped" value="yes" required /> {keyRotation.othersStopped}
        </label>
      )}
      <div class="button-row">
        <button type="submit" class="btn">
          {keyRotation.start}
        </button>
      </div>
    </form>
  )
}
