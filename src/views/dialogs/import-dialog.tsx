/** @jsxImportSource #html */
/** Importing from this machine: what was found, another path, and the choice between linking and taking over. */

import type { ImportCandidate } from '../../accounts/import-candidate.ts'
import { CandidateList, candidateAdvice } from '../partials/candidate-list.tsx'
import { CsrfField } from '../ui/csrf-field.tsx'
import { DialogContent, DismissButton, FormError } from '../ui/dialog-content.tsx'
import { Field } from '../ui/field.tsx'
import { dialogForm, hx } from '../ui/hx.ts'
import { personal, personalPath } from '../ui/mask.ts'
import type { ViewContext } from '../view-context.ts'

export interface ImportDialogProps {
  view: ViewContext
  candidates: readonly ImportCandidate[]
  providerName: (provider: string) => string
  error?: { title: string; detail: string } | null
}

export function ImportDialog({ view, candidates, providerName, error = null }: ImportDialogProps) {
  const { imports } = view.t
  return (
    <DialogContent view={view} title={imports.title}>
      <div class="dialog-content__body stack">
        <FormError error={error} />
        <p class="quiet">{candidates.length > 0 ? imports.lead : imports.none}</p>
        <CandidateList view={view} candidates={candidates} providerName={providerName} />
        <form
          class="inline-form"
          method="get"
          action="/imports/new"
          {...hx(view, { get: '/imports/new', target: 'closest [data-dialog]', swap: 'outerHTML' })}
        >
          <Field
            id="import-path"
            name="path"
            label={imports.otherPath}
            hint={imports.otherPathHint}
            required
            maxlength={4_000}
          />
          <button type="submit" class="btn">
            {imports.look}
          </button>
        </form>
      </div>
      <footer class="dialog-content__foot">
        <DismissButton view={view} />
      </footer>
    </DialogContent>
  )
}

export interface ImportChoiceDialogProps {
  view: ViewContext
  path: string
  /** What is known of that path; null when it was typed and not looked at yet. */
  candidate: ImportCandidate | null
  error?: { title: string; detail: string } | null
}

/** Link or take over, with the consequences of both before the choice. */
export function ImportChoiceDialog({ view, path, candidate, error = null }: ImportChoiceDialogProps) {
  const { imports } = view.t
  const email = personal(view, candidate?.identity?.email ?? null)
  const canLink = candidate === null || (candidate.canLink && candidate.accountId === null)
  const canTakeOver = candidate === null || candidate.canTakeOver
  const tool = candidate?.entry?.tool ?? null
  return (
    <DialogContent view={view} title={imports.chooseTitle}>
      <div class="dialog-content__body stack">
        <FormError error={error} />
        <p>
          <code>{personalPath(view, path)}</code> {email && <span class="quiet">{email}</span>}
        </p>
        {candidate && <p class="quiet">{candidateAdvice(view, candidate)}</p>}
        <div class="choices">
          {canLink && (
            <Choice
              view={view}
              path={path}
              mode="link"
              title={tool === null ? imports.linkTitle : imports.linkToolTitle(tool)}
              points={tool === null ? imports.linkPoints : imports.linkToolPoints(tool)}
              submit={imports.link}
            />
          )}
          {canTakeOver && (
            <Choice
              view={view}
              path={path}
              mode="take_over"
              title={imports.takeOverTitle}
              points={tool === null ? imports.takeOverPoints : imports.takeOverToolPoints(tool)}
              submit={imports.takeOver}
            />
          )}
        </div>
      </div>
      <footer class="dialog-content__foot">
        <DismissButton view={view} />
      </footer>
    </DialogContent>
  )
}

interface ChoiceProps {
  view: ViewContext
  path: string
  mode: 'link' | 'take_over'
  title: string
  points: readonly string[]
  submit: string
}

function Choice({ view, path, mode, title, points, submit }: ChoiceProps) {
  return (
    <form class="choice" {...dialogForm(view, '/imports')}>
      <CsrfField view={view} />
      <input type="hidden" name="path" value={path} />
      <input type="hidden" name="mode" value={mode} />
      <h3 class="choice__title">{title}</h3>
      <ul class="choice__points">
        {points.map((point) => (
          <li>{point}</li>
        ))}
      </ul>
      <button type="submit" class={mode === 'link' ? 'btn btn--primary' : 'btn'}>
        {submit}
      </button>
    </form>
  )
}
