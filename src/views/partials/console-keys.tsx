/** @jsxImportSource #html */
/** The API keys that an account's login made: what is known of each, and the ways to make, read and forget one. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import type { ConsoleKey, ConsoleKeys } from '../../accounts/console-keys.ts'
import { CsrfField } from '../ui/csrf-field.tsx'
import { dialogLink, openingForm } from '../ui/hx.ts'
import { Icon } from '../ui/icon.tsx'
import { FullTime } from '../ui/time.tsx'
import type { ViewContext } from '../view-context.ts'

interface ConsoleKeysProps {
  view: ViewContext
  account: AccountSummary
  /** Null where the provider has no such keys. */
  consoleKeys: ConsoleKeys | null
}

/** Nothing for a login that makes none and has made none. */
export function AccountConsoleKeys({ view, account, consoleKeys }: ConsoleKeysProps) {
  if (!consoleKeys || (!consoleKeys.canCreate && consoleKeys.keys.length === 0)) return null
  const { consoleKeys: t } = view.t
  const { keys, canCreate, consoleUrl } = consoleKeys
  return (
    <section class="panel stack" aria-labelledby="console-keys-title">
      <h2 id="console-keys-title" class="panel__title">
        {t.title}
      </h2>
      {canCreate && <p class="quiet">{t.lead}</p>}
      {keys.length > 0 && (
        <ul class="console-keys">
          {keys.map((key) => (
            <KeyItem view={view} account={account} consoleKey={key} />
          ))}
        </ul>
      )}
      {keys.length > 0 && <p class="field__hint">{t.forgetHint}</p>}
      <div class="button-row">
        {canCreate && (
          <a class="btn" {...dialogLink(view, `/accounts/${account.id}/console-keys/new`)}>
            <Icon name="key" /> {t.create}
          </a>
        )}
        <a href={consoleUrl} rel="noreferrer noopener" target="_blank">
          {t.console}
        </a>
      </div>
    </section>
  )
}

function KeyItem({
  view,
  account,
  consoleKey,
}: {
  view: ViewContext
  account: AccountSummary
  consoleKey: ConsoleKey
}) {
  const { consoleKeys: t } = view.t
  const { id, name, hint, isKept, isUncertain, createdAt } = consoleKey
  const address = `/accounts/${account.id}/console-keys/${id}`
  return (
    <li class="console-key">
      <div class="console-key__what">
        <p class="console-key__name">{name}</p>
        <p class="quiet">
          {isUncertain ? t.uncertain : `${t.ending(hint)} · ${isKept ? t.kept : t.notKept}`} ·{' '}
          <FullTime view={view} at={createdAt} />
        </p>
      </div>
      <div class="button-row">
        {isKept && (
          <form {...openingForm(view, `${address}/readings`)}>
            <CsrfField view={view} />
            <button type="submit" class="btn btn--small" aria-label={t.revealOf(name)}>
              {t.reveal}
            </button>
          </form>
        )}
        <form method="post" action={`${address}/removals`}>
          <CsrfField view={view} />
          <button type="submit" class="btn btn--small" aria-label={t.forgetOf(name)}>
            {t.forget}
          </button>
        </form>
      </div>
    </li>
  )
}
