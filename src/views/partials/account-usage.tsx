/** @jsxImportSource #html */
/** The limits of an account in its row: the tightest windows as bars, the rest folded away, the age of an old reading. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import { accountTitle } from '../ui/mask.ts'
import { relativeText } from '../ui/time.tsx'
import { UsageBar } from '../ui/usage-bar.tsx'
import { isOldReading } from '../ui/usage-words.ts'
import type { ViewContext } from '../view-context.ts'

/** Bars that a row has room for. */
const SHOWN = 2

export function AccountUsage({ view, account }: { view: ViewContext; account: AccountSummary }) {
  const { limits } = view.t
  const { windows, readAt } = account.usage
  if (windows.length === 0) {
    const words = account.data.status === 'not_permitted' ? limits.notPermitted : limits.unknown
    return (
      <div class="account-row__usage">
        <span class="usage-none quiet" title={limits.spoken(limits.title, words)}>
          <span aria-hidden="true">—</span>
          <span class="visually-hidden">{limits.spoken(limits.title, words)}</span>
        </span>
      </div>
    )
  }
  const isOld = isOldReading(view, account)
  const shown = windows.slice(0, isOld ? 1 : SHOWN)
  return (
    <div class="account-row__usage" data-old={isOld ? '' : undefined}>
      <div class="account-row__bars">
        {shown.map((window) => (
          <UsageBar view={view} window={window} />
        ))}
        {isOld && readAt !== null && <span class="usage-age quiet">{limits.readAgo(relativeText(view, readAt))}</span>}
      </div>
      {windows.length > shown.length && (
        <OtherWindows view={view} account={account} hidden={windows.length - shown.length} />
      )}
    </div>
  )
}

/** Every window, behind a small button that opens without a script. */
function OtherWindows({ view, account, hidden }: { view: ViewContext; account: AccountSummary; hidden: number }) {
  const id = `windows_${account.id}`
  const name = view.t.limits.moreOf(accountTitle(view, account))
  return (
    <>
      <button type="button" class="usage-more" popovertarget={id} title={name}>
        {view.t.limits.more(String(hidden))}
        <span class="visually-hidden">: {name}</span>
      </button>
      <div id={id} class="menu usage-windows" popover="auto">
        {account.usage.windows.map((window) => (
          <UsageBar view={view} window={window} />
        ))}
      </div>
    </>
  )
}
