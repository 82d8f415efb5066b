/** @jsxImportSource #html */
/** What can be done with an account from its row: the act its state calls for, refresh, and the rest in a menu. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import { CsrfField } from '../ui/csrf-field.tsx'
import { dialogLink, hx } from '../ui/hx.ts'
import { Icon } from '../ui/icon.tsx'
import { accountTitle } from '../ui/mask.ts'
import type { ViewContext } from '../view-context.ts'

interface AccountActionProps {
  view: ViewContext
  account: AccountSummary
}

export function AccountActions({ view, account }: AccountActionProps) {
  return (
    <div class="account-row__actions">
      <MainAction view={view} account={account} />
      <RefreshForm view={view} account={account} />
      <AccountMenu view={view} account={account} />
    </div>
  )
}

/** Where the act that mends this account lies; null when nothing but a refresh is called for. */
export function mendingHref(account: AccountSummary): string | null {
  if (account.mainAction === 'sign_in_again') return `/authorizations/new?account=${account.id}`
  if (account.mainAction === 'resolve') {
    return `/accounts/${account.id}/explanations/${account.ownership.status === 'conflict' ? 'ownership' : 'login'}`
  }
  return null
}

function MainAction({ view, account }: AccountActionProps) {
  const href = mendingHref(account)
  if (href === null) return <ActivateLink view={view} account={account} />
  const words = account.mainAction === 'resolve' ? view.t.row.resolve : view.t.row.signInAgain
  return (
    <a class="btn btn--primary btn--small" {...dialogLink(view, href)}>
      {words}
      <span class="visually-hidden">: {accountTitle(view, account)}</span>
    </a>
  )
}

/** True for an account whose login is ours to hand to a CLI. */
export function canActivate({ cli, custody, mainAction, activeIn }: AccountSummary): boolean {
  return cli !== null && custody === 'dashboard' && activeIn.length === 0 && mainAction !== 'sign_in_again'
}

export function activationHref(account: AccountSummary): string {
  return `/accounts/${account.id}/activations/new`
}

/** The act of an account that needs nothing: handing it to its CLI. `data-activate` is what the keyboard shortcut looks for. */
function ActivateLink({ view, account }: AccountActionProps) {
  if (!canActivate(account) || account.mainAction !== null) return null
  return (
    <a class="btn btn--small" data-activate {...dialogLink(view, activationHref(account))}>
      {view.t.activation.activate}
      <span class="visually-hidden">: {accountTitle(view, account)}</span>
    </a>
  )
}

/**
 * The refresh button that every account has. `data-refresh` is what the keyboard shortcut looks for. A plain one says its
 * word and leads to the account's page, for places without a row.
 */
export function RefreshForm({ view, account, isPlain = false }: AccountActionProps & { isPlain?: boolean }) {
  const action = `/accounts/${account.id}/refreshes`
  const isWordy = isPlain || account.mainAction === 'refresh'
  const swap = isPlain
    ? {}
    : hx(view, { post: action, target: `#account_${account.id}`, swap: 'outerMorph', disable: 'find button' })
  return (
    <form class="refresh-form" method="post" action={action} data-refresh {...swap}>
      <CsrfField view={view} />
      <button
        type="submit"
        class={isWordy ? 'btn btn--small' : 'btn btn--small btn--icon btn--quiet'}
        aria-label={view.t.row.refreshOf(accountTitle(view, account))}
        title={isWordy ? undefined : view.t.row.refresh}
        disabled={account.isRefreshing}
      >
        <Icon name="refresh" />
        {isWordy && (
          <span class="refresh-form__word">{account.isRefreshing ? view.t.row.refreshing : view.t.row.refresh}</span>
        )}
      </button>
      <span class="refresh-form__progress" aria-hidden="true">
        {view.t.row.refreshing}
      </span>
    </form>
  )
}

function AccountMenu({ view, account }: AccountActionProps) {
  const { row } = view.t
  const id = `menu_${account.id}`
  return (
    <>
      <button
        type="button"
        class="btn btn--small btn--icon btn--quiet"
        popovertarget={id}
        aria-label={row.actionsOf(accountTitle(view, account))}
      >
        <Icon name="more" />
      </button>
      <div id={id} class="menu" popover="auto">
        <a class="menu__item" href={`/accounts/${account.id}`}>
          <Icon name="arrow" /> {row.open}
        </a>
        <ReadLimitsForm view={view} account={account} />
        <a class="menu__item" {...dialogLink(view, `/authorizations/new?account=${account.id}`)}>
          <Icon name="key" /> {row.signInAgain}
        </a>
        {canActivate(account) && (
          <a class="menu__item" {...dialogLink(view, activationHref(account))}>
            <Icon name="terminal" /> {view.t.activation.activate}
          </a>
        )}
        {account.custody === 'cli' && (
          <a class="menu__item" {...dialogLink(view, `/accounts/${account.id}/deactivations/new`)}>
            <Icon name="exit" /> {view.t.activation.giveBack}
          </a>
        )}
        {canTakeOver(account) && (
          <a class="menu__item" {...dialogLink(view, takeOverHref(account))}>
            <Icon name="file" /> {row.takeOver}
          </a>
        )}
        {account.custody === 'dashboard' && <PauseForm view={view} account={account} className="menu__item" />}
        <a class="menu__item menu__item--negative" {...dialogLink(view, `/accounts/${account.id}/removals/new`)}>
          <Icon name="remove" /> {row.remove}
        </a>
      </div>
    </>
  )
}

function ReadLimitsForm({ view, account }: AccountActionProps) {
  const action = `/accounts/${account.id}/usage-readings`
  const post = `${action}?from=row`
  return (
    <form
      method="post"
      action={action}
      {...hx(view, { post, target: `#account_${account.id}`, swap: 'outerMorph', disable: 'find button' })}
    >
      <CsrfField view={view} />
      <button type="submit" class="menu__item">
        <Icon name="refresh" /> {view.t.limits.readNow}
      </button>
    </form>
  )
}

export function canTakeOver(account: AccountSummary): boolean {
  return account.custody === 'cli' && account.credentialPath !== null && account.credentialMachine === null
}

export function takeOverHref(account: AccountSummary): string {
  return `/imports/new?path=${encodeURIComponent(account.credentialPath ?? '')}`
}

/** Pauses or resumes; which one follows from the account. */
function PauseForm({ view, account, className }: AccountActionProps & { className: string }) {
  const isPaused = account.pausedAt !== null
  const action = `/accounts/${account.id}/${isPaused ? 'resumptions' : 'pauses'}`
  return (
    <form
      method="post"
      action={action}
      {...hx(view, { post: action, target: `#account_${account.id}`, swap: 'outerMorph', disable: 'find button' })}
    >
      <CsrfField view={view} />
      <button type="submit" class={className}>
        <Icon name={isPaused ? 'play' : 'pause'} /> {isPaused ? view.t.row.resume : view.t.row.pause}
      </button>
    </form>
  )
}
