/** @jsxImportSource #html */
/** Label, order, pause, handing to a CLI and back, signing in again, taking over and removing. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import { CsrfField } from '../ui/csrf-field.tsx'
import { FormError } from '../ui/dialog-content.tsx'
import { Field } from '../ui/field.tsx'
import { dialogLink } from '../ui/hx.ts'
import { Icon } from '../ui/icon.tsx'
import type { ViewContext } from '../view-context.ts'
import { activationHref, canActivate, canTakeOver, takeOverHref } from './account-actions.tsx'

interface AccountManageProps {
  view: ViewContext
  account: AccountSummary
  labelError: { title: string; detail: string; typed: string } | null
}

export function AccountManage({ view, account, labelError }: AccountManageProps) {
  const { t } = view
  const address = `/accounts/${account.id}`
  const isPaused = account.pausedAt !== null
  return (
    <section class="panel stack" aria-labelledby="manage-title">
      <h2 id="manage-title" class="panel__title">
        {t.account.manage}
      </h2>
      <FormError error={labelError} />
      <form class="inline-form" method="post" action={`${address}/labels`}>
        <CsrfField view={view} />
        <Field
          id="label"
          name="label"
          label={t.account.label}
          value={labelError?.typed ?? account.label ?? ''}
          hint={t.account.labelHint}
          maxlength={80}
        />
        <button type="submit" class="btn">
          {t.frame.save}
        </button>
      </form>
      <div class="button-row">
        <MoveForm view={view} account={account} direction="up" />
        <MoveForm view={view} account={account} direction="down" />
        {account.custody === 'dashboard' && (
          <form method="post" action={`${address}/${isPaused ? 'resumptions' : 'pauses'}`}>
            <CsrfField view={view} />
            <button type="submit" class="btn" aria-describedby="pause-hint">
              <Icon name={isPaused ? 'play' : 'pause'} /> {isPaused ? t.row.resume : t.row.pause}
            </button>
          </form>
        )}
      </div>
      {account.custody === 'dashboard' && (
        <p id="pause-hint" class="field__hint">
          {t.account.pauseHint}
        </p>
      )}
      {account.cli !== null && account.custody !== 'none' && (
        <div class="button-row">
          {canActivate(account) && (
            <a class="btn" data-activate {...dialogLink(view, activationHref(account))}>
              <Icon name="terminal" /> {t.activation.activate}
            </a>
          )}
          {account.custody === 'cli' && (
            <a class="btn" {...dialogLink(view, `${address}/deactivations/new`)}>
              <Icon name="exit" /> {t.activation.giveBack}
            </a>
          )}
          <a class="btn" data-shortcut="u" {...dialogLink(view, '/backups')}>
            <Icon name="back" /> {t.activation.undo}
          </a>
        </div>
      )}
      <div class="button-row">
        <a class="btn" {...dialogLink(view, `/authorizations/new?account=${account.id}`)}>
          <Icon name="key" /> {t.row.signInAgain}
        </a>
        {canTakeOver(account) && (
          <a class="btn" {...dialogLink(view, takeOverHref(account))}>
            <Icon name="file" /> {t.row.takeOver}
          </a>
        )}
      </div>
      <hr />
      <p class="field__hint">{t.account.dangerHint}</p>
      <div class="button-row">
        <a class="btn btn--negative" {...dialogLink(view, `${address}/removals/new`)}>
          <Icon name="remove" /> {t.row.remove}
        </a>
      </div>
    </section>
  )
}

function MoveForm({
  view,
  account,
  direction,
}: {
  view: ViewContext
  account: AccountSummary
  direction: 'up' | 'down'
}) {
  return (
    <form method="post" action={`/accounts/${account.id}/positions`}>
      <CsrfField view={view} />
      <input type="hidden" name="direction" value={direction} />
      <button type="submit" class="btn">
        <Icon name={direction} /> {view.t.account[direction]}
      </button>
    </form>
  )
}
