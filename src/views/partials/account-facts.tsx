/** @jsxImportSource #html */
/** The facts of an account, and what its login may do. */

import type { Child } from 'hono/jsx'
import type { AccountSummary } from '../../accounts/account-summary.ts'
import { personal } from '../ui/mask.ts'
import { FullTime } from '../ui/time.tsx'
import type { ViewContext } from '../view-context.ts'

interface PartProps {
  view: ViewContext
  account: AccountSummary
}

export function AccountFacts({ view, account }: PartProps) {
  const { t } = view
  const { login, organization } = account
  const time = (at: number | null, otherwise: string) => (at === null ? otherwise : <FullTime view={view} at={at} />)
  const facts: [string, Child][] = [
    [t.account.email, personal(view, account.email) ?? t.frame.unknown],
    [t.account.name, personal(view, account.displayName) ?? t.frame.unknown],
    [
      t.account.organization,
      personal(view, organization ? (organization.name ?? organization.id) : null) ?? t.frame.none,
    ],
    [t.account.plan, account.plan ?? t.frame.unknown],
    ...(account.rateLimitTier ? [[t.account.tier, account.rateLimitTier] as [string, Child]] : []),
    [t.account.tokenUntil, time(login.accessTokenExpiresAt, t.frame.unknown)],
    [t.account.loginUntil, time(login.loginExpiresAt, t.account.loginNoEnd)],
    [t.account.nextRefresh, time(login.nextRefreshAt, t.row.nothingNext)],
    [t.account.lastProof, time(login.lastProofAt, t.time.never)],
    [t.account.origin, t.origins[account.origin] ?? account.origin],
    [t.account.added, time(account.createdAt, t.frame.unknown)],
  ]
  return (
    <section class="panel" aria-labelledby="facts-title">
      <h2 id="facts-title" class="panel__title">
        {t.account.facts}
      </h2>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div class="facts__row">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        <div class="facts__row">
          <dt>{t.account.generation}</dt>
          <dd title={t.account.generationHint}>{account.generation}</dd>
        </div>
      </dl>
    </section>
  )
}

export function AccountScopes({ view, account }: PartProps) {
  const { t } = view
  return (
    <section class="panel" aria-labelledby="scopes-title">
      <h2 id="scopes-title" class="panel__title">
        {t.account.scopes}
      </h2>
      {account.scopes.length === 0 && <p class="quiet">{t.account.noScopes}</p>}
      <ul class="scopes">
        {account.scopes.map((scope) => (
          <li class="scope">
            <span>{Object.hasOwn(t.scopes, scope) ? t.scopes[scope] : t.account.unknownScope}</span>{' '}
            <code class="quiet">{scope}</code>
          </li>
        ))}
      </ul>
    </section>
  )
}
