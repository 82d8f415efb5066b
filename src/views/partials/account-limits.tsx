/** @jsxImportSource #html */
/** The limits of an account in full, on its page: every window, credits, plan, when they were read, and a button to read them now. */

import type { Child } from 'hono/jsx'
import type { AccountSummary } from '../../accounts/account-summary.ts'
import type { WindowOfAccount } from '../../accounts/usage-of-account.ts'
import type { ExtraUsage, UsageCredits } from '../../usage/usage-reading.ts'
import { CsrfField } from '../ui/csrf-field.tsx'
import { hx } from '../ui/hx.ts'
import { Icon, MarkShape } from '../ui/icon.tsx'
import { accountTitle } from '../ui/mask.ts'
import { FullTime, RelativeTime } from '../ui/time.tsx'
import { UsageTrack } from '../ui/usage-bar.tsx'
import { forecastWords, percentText, windowName, windowTone } from '../ui/usage-words.ts'
import type { ViewContext } from '../view-context.ts'

interface LimitsProps {
  view: ViewContext
  account: AccountSummary
  /** What the button's reading came to, in words. */
  outcome?: { words: string; isGood: boolean } | null
}

/** The panel. Its root `usage_ID` is fetched anew when this account's limits were read. */
export function AccountLimits({ view, account, outcome = null }: LimitsProps) {
  const { limits } = view.t
  const address = `/accounts/${account.id}/limits`
  return (
    <section
      id={`usage_${account.id}`}
      class="panel limits"
      aria-labelledby="limits-title"
      {...hx(view, { get: address, trigger: `usage-${account.id} from:body`, swap: 'outerMorph' })}
    >
      <div class="limits__head">
        <h2 id="limits-title" class="panel__title">
          {limits.title}
        </h2>
        <ReadNow view={view} account={account} />
      </div>
      <p class="limits__outcome" role="status">
        {outcome !== null && (
          <span class="outcome__words" data-tone={outcome.isGood ? 'good' : 'warn'}>
            <MarkShape tone={outcome.isGood ? 'good' : 'warn'} /> {outcome.words}
          </span>
        )}
      </p>
      {account.usage.windows.length === 0 ? (
        <p class="quiet">{limits.none}</p>
      ) : (
        <WindowTable view={view} windows={account.usage.windows} />
      )}
      <LimitFacts view={view} account={account} />
    </section>
  )
}

function ReadNow({ view, account }: LimitsProps) {
  const { limits } = view.t
  const action = `/accounts/${account.id}/usage-readings`
  return (
    <form
      method="post"
      action={action}
      {...hx(view, { post: action, target: `#usage_${account.id}`, swap: 'outerMorph', disable: 'find button' })}
    >
      <CsrfField view={view} />
      <button type="submit" class="btn btn--small">
        <Icon name="refresh" /> {limits.readNow}
        <span class="visually-hidden">: {accountTitle(view, account)}</span>
      </button>
    </form>
  )
}

function WindowTable({ view, windows }: { view: ViewContext; windows: readonly WindowOfAccount[] }) {
  const { columns } = view.t.limits
  return (
    <table class="limits__table">
      <thead>
        <tr>
          <th scope="col">{columns.window}</th>
          <th scope="col">{columns.used}</th>
          <th scope="col">{columns.pace}</th>
          <th scope="col">{columns.resets}</th>
          <th scope="col">{columns.forecast}</th>
        </tr>
      </thead>
      <tbody>
        {windows.map((window) => (
          <WindowRow view={view} window={window} />
        ))}
      </tbody>
    </table>
  )
}

function WindowRow({ view, window }: { view: ViewContext; window: WindowOfAccount }) {
  const { limits } = view.t
  const tone = windowTone(window)
  return (
    <tr data-tone={tone ?? undefined}>
      <th scope="row">
        {windowName(view, window)}
        {!window.isActive && <span class="tag">{limits.inactive}</span>}
      </th>
      <td data-column={limits.columns.used}>
        <span class="limits__use">
          <UsageTrack window={window} />
          <span class="limits__percent">{percentText(view, window.usedFraction)}</span>
        </span>
        {tone !== null && (
          <span class="limits__word">
            <MarkShape tone={tone} /> {tone === 'bad' ? limits.usedUp : limits.close}
          </span>
        )}
      </td>
      <td data-column={limits.columns.pace}>{percentText(view, window.evenPaceFraction)}</td>
      <td data-column={limits.columns.resets}>
        {window.resetsAt !== null && <RelativeTime view={view} at={window.resetsAt} />}
        {window.resetsAt === null && (window.usedFraction === 0 ? limits.notBegun : '—')}
      </td>
      <td data-column={limits.columns.forecast}>{forecastWords(view, window)}</td>
    </tr>
  )
}

function LimitFacts({ view, account }: LimitsProps) {
  const { limits, frame } = view.t
  const { usage } = account
  const time = (at: number | null, otherwise: string) => (at === null ? otherwise : <FullTime view={view} at={at} />)
  const facts: [string, Child][] = [
    [limits.plan, account.plan ?? frame.unknown],
    ...(usage.credits === null ? [] : [[limits.credits, creditWords(view, usage.credits)] as [string, Child]]),
    ...(usage.extraUsage === null ? [] : [[limits.extraUsage, extraWords(view, usage.extraUsage)] as [string, Child]]),
    [limits.lastRead, time(usage.readAt, limits.never)],
    ...(usage.failure === null ? [] : [[limits.lastFailure, failureWords(view, usage.failure)] as [string, Child]]),
    [limits.nextRead, time(usage.nextReadAt, frame.none)],
  ]
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div class="facts__row">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function creditWords(view: ViewContext, { hasCredits, isUnlimited, balance }: UsageCredits): string {
  const { limits } = view.t
  if (isUnlimited) return limits.unlimited
  if (hasCredits === false && (balance === null || Number(balance) === 0)) return limits.noCredits
  return balance ?? limits.unknown
}

function extraWords(view: ViewContext, { isEnabled, used, limit, currency, usedFraction }: ExtraUsage): string {
  const { limits } = view.t
  if (isEnabled === false && used === null) return limits.extraOff
  const amount = (text: string) => (currency === null ? text : `${text} ${currency}`)
  const spent = used === null ? percentText(view, usedFraction) : amount(used)
  return limit === null ? spent : limits.amountOf(spent, amount(limit))
}

/** Why limits could not be read, in the words of a stable code. */
export function failureWords(view: ViewContext, code: string): string {
  const { outcomes, failed } = view.t.limits
  return Object.hasOwn(outcomes, code) ? outcomes[code]! : failed(code)
}
