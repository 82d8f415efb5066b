/** @jsxImportSource #html */
/** What happened to an account, newest first, as a table. */

import type { HistoryEntry } from '../../accounts/account-history.ts'
import { personalText } from '../ui/mask.ts'
import { FullTime } from '../ui/time.tsx'
import type { ViewContext } from '../view-context.ts'

/** Details that are shown beside the words, in this order. Others are for programs. */
const SHOWN_DETAILS = [
  'from',
  'to',
  'generation',
  'origin',
  'code',
  'failureCode',
  'refusalCode',
  'path',
  'label',
  'revocation',
] as const

export function AccountHistory({ view, history }: { view: ViewContext; history: readonly HistoryEntry[] }) {
  const { t } = view
  return (
    <section id="history" class="panel" aria-labelledby="history-title">
      <h2 id="history-title" class="panel__title">
        {t.account.history}
      </h2>
      {history.length === 0 ? (
        <p class="quiet">{t.account.noHistory}</p>
      ) : (
        <table class="history">
          <thead>
            <tr>
              <th scope="col">{t.account.when}</th>
              <th scope="col">{t.account.what}</th>
              <th scope="col">{t.account.who}</th>
            </tr>
          </thead>
          <tbody>
            {history.map((entry) => (
              <tr>
                <td>
                  <FullTime view={view} at={entry.at} />
                </td>
                <td>
                  {t.history[entry.kind] ?? entry.kind}
                  <HistoryDetails view={view} entry={entry} />
                </td>
                <td class="quiet">{t.actors[entry.actor] ?? entry.actor}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

/** The ids, codes and paths of an event that tell a person something. */
export function HistoryDetails({ view, entry }: { view: ViewContext; entry: Pick<HistoryEntry, 'details'> }) {
  const shown = SHOWN_DETAILS.flatMap((name) => {
    const value = entry.details[name]
    if (value === null || value === undefined || value === '') return []
    return [name === 'generation' ? `#${value}` : personalText(view, String(value))]
  })
  if (shown.length === 0) return null
  return <code class="history__details quiet">{shown.join(' · ')}</code>
}
