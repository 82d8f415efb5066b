/** @jsxImportSource #html */
/** The ways out of a conflict, one press each: a CLI owns the login, the dashboard owns it, or each side signs in by itself. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import type { CustodyMap, MappedCopy } from '../../accounts/custody-map.ts'
import { CsrfField } from '../ui/csrf-field.tsx'
import { FormError } from '../ui/dialog-content.tsx'
import { dialogLink, hx } from '../ui/hx.ts'
import { personalPath, personalText } from '../ui/mask.ts'
import type { ViewContext } from '../view-context.ts'

export interface WaysError {
  title: string
  detail: string
}

interface WaysProps {
  view: ViewContext
  account: AccountSummary
  map: CustodyMap
  error?: WaysError | null
}

/** What a refused act puts in its own place. */
export function CustodyWays({ view, account, map, error = null }: WaysProps) {
  const { custody } = view.t
  const here = map.copies.filter(
    ({ mayRefresh, holds, machine }) => mayRefresh && holds !== 'separate' && machine?.isThis,
  )
  // A CLI cannot go on with a token that was spent.
  const owners = here.filter(({ holds }) => holds !== 'older')
  const elsewhere = map.copies.filter(({ isRival, machine }) => isRival && !machine?.isThis)
  return (
    <div class="settle" data-ways>
      <FormError error={error} />
      <h3 class="settle__title">{custody.ways}</h3>
      {elsewhere.map((copy) => (
        <p class="quiet">{custody.elsewhere(placeWords(view, copy))}</p>
      ))}
      <ul class="settle__list">
        {owners.map(({ place }) => (
          <li class="settle__way">
            <Act
              view={view}
              account={account}
              custodian="cli"
              path={place}
              label={custody.cliOwnsOf(personalPath(view, place))}
            >
              {custody.cliOwns}
            </Act>
            <p class="settle__hint">
              <code class="settle__place">{personalPath(view, place)}</code> {custody.cliOwnsHint}
              {here.length > 1 && ` ${custody.cliOwnsAlone}`}
            </p>
          </li>
        ))}
        {here.length > 0 && (
          <li class="settle__way">
            <Act view={view} account={account} custodian="dashboard">
              {custody.dashboardOwns}
            </Act>
            <p class="settle__hint">
              {here.map(({ place }) => (
                <code class="settle__place">{personalPath(view, place)}</code>
              ))}{' '}
              {custody.dashboardOwnsHint}
            </p>
          </li>
        )}
        <li class="settle__way">
          <a class="btn btn--small" {...dialogLink(view, `/authorizations/new?account=${account.id}`)}>
            {custody.separate}
          </a>
          <p class="settle__hint">{custody.separateHint}</p>
        </li>
      </ul>
    </div>
  )
}

interface ActProps {
  view: ViewContext
  account: AccountSummary
  custodian: 'cli' | 'dashboard'
  path?: string
  /** What the button does, where its words alone do not say it. */
  label?: string
  children?: string
}

function Act({ view, account, custodian, path, label, children }: ActProps) {
  const action = `/accounts/${account.id}/custodies`
  return (
    <form
      class="settle__form"
      method="post"
      action={action}
      {...hx(view, { post: action, target: 'closest [data-ways]', swap: 'outerHTML', disable: 'find button' })}
    >
      <CsrfField view={view} />
      <input type="hidden" name="custodian" value={custodian} />
      {path !== undefined && <input type="hidden" name="path" value={path} />}
      <button type="submit" class="btn btn--small" aria-label={label}>
        {children}
      </button>
      <span class="settle__working quiet" aria-hidden="true">
        {view.t.custody.working}
      </span>
    </form>
  )
}

function placeWords(view: ViewContext, { place, machine }: MappedCopy): string {
  return personalText(view, machine === null ? place : `${machine.name || machine.id}: ${place}`)
}
