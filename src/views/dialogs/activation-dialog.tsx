/** @jsxImportSource #html */
/** What a switch of a CLI would do, and the question whether it shall: whose login goes and comes, which keys change, what stands against it. */

import type { ActivationPlan } from '../../switching/plan-activation.ts'
import { CsrfField } from '../ui/csrf-field.tsx'
import { DialogContent, DismissButton, FormError } from '../ui/dialog-content.tsx'
import { dialogForm } from '../ui/hx.ts'
import { personal, personalPath, personalText } from '../ui/mask.ts'
import type { ViewContext } from '../view-context.ts'

interface Words {
  title: string
  detail: string
}

export interface ActivationDialogProps {
  view: ViewContext
  title: string
  plan: ActivationPlan
  /** Where the form goes. */
  action: string
  /** Why it would be refused, in words. */
  refusal: Words | null
  /** What the last try came to. */
  error?: Words | null
}

export function ActivationDialog({ view, title, plan, action, refusal, error = null }: ActivationDialogProps) {
  const { activation } = view.t
  const isClearing = plan.incoming === null
  return (
    <DialogContent view={view} title={title}>
      <div class="dialog-content__body stack">
        <FormError error={error} />
        {refusal && !error && <FormError error={refusal} />}
        <p>{isClearing ? activation.leadClear : activation.lead}</p>
        <SwitchFacts view={view} plan={plan} />
        <Warnings view={view} plan={plan} />
        <Changes view={view} plan={plan} />
      </div>
      <footer class="dialog-content__foot">
        <DismissButton view={view} />
        {!refusal && (
          <form class="switch-form" {...dialogForm(view, action)}>
            <CsrfField view={view} />
            <input type="hidden" name="directory" value={plan.directory} />
            <span class="switch-form__progress" role="status">
              {activation.working}
            </span>
            <button type="submit" class="btn btn--primary" autofocus>
              {isClearing ? activation.confirmClear : activation.confirm}
            </button>
          </form>
        )}
      </footer>
    </DialogContent>
  )
}

function SwitchFacts({ view, plan }: Pick<ActivationDialogProps, 'view' | 'plan'>) {
  const { activation } = view.t
  const { incoming, outgoing } = plan
  return (
    <dl class="switch-facts">
      <div>
        <dt>{activation.place}</dt>
        <dd>
          {plan.cli} <code>{personalPath(view, plan.directory)}</code>
        </dd>
      </div>
      <div>
        <dt>{activation.now}</dt>
        <dd>
          {outgoing === null ? (
            activation.nobody
          ) : (
            <>
              <strong>{personalText(view, personal(view, outgoing.name) ?? '')}</strong>{' '}
              <span class="quiet">{activation.fates[outgoing.fate]}</span>
            </>
          )}
        </dd>
      </div>
      <div>
        <dt>{activation.after}</dt>
        <dd>
          <strong>{incoming === null ? activation.nobody : personal(view, incoming.name)}</strong>{' '}
          {incoming?.isRefreshedFirst && <span class="quiet">{activation.refreshedFirst}</span>}
        </dd>
      </div>
    </dl>
  )
}

function Warnings({ view, plan }: Pick<ActivationDialogProps, 'view' | 'plan'>) {
  const { warnings } = view.t.activation
  if (plan.warnings.length === 0) return null
  return (
    <div class="notice" data-tone="warn">
      <ul class="switch-warnings">
        {plan.warnings.map(({ code, params }) => (
          <li>{personalText(view, warnings[code](params))}</li>
        ))}
      </ul>
    </div>
  )
}

const SIGNS = { add: '+', change: '~', remove: '−' } as const

function Changes({ view, plan }: Pick<ActivationDialogProps, 'view' | 'plan'>) {
  const { activation } = view.t
  if (plan.files.length === 0) return null
  return (
    <section class="switch-changes">
      <h3 class="switch-changes__title">{activation.changes}</h3>
      {plan.files.map(({ path, isNew, isRemoved, changes }) => (
        <div class="switch-file">
          <p class="switch-file__path">
            <code>{personalPath(view, path)}</code>
            {isNew && <span class="tag">{activation.newFile}</span>}
            {isRemoved && <span class="tag">{activation.removedFile}</span>}
          </p>
          <ul class="switch-file__keys">
            {changes.map(({ key, act }) => (
              <li data-act={act}>
                <span aria-hidden="true">{SIGNS[act]}</span>
                <code>{key}</code>
                <span class="visually-hidden">{activation.acts[act]}</span>
              </li>
            ))}
          </ul>
        </div>
      ))}
      <p class="quiet">{activation.keysOnly}</p>
    </section>
  )
}
