/** @jsxImportSource #html */
/** Who holds copies of an account's login: each holder with its generation, whether it may refresh, and when it was seen. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import type { CustodyMap, MappedCopy } from '../../accounts/custody-map.ts'
import { MarkShape } from '../ui/icon.tsx'
import { personalPath, personalText } from '../ui/mask.ts'
import { exactText, relativeText } from '../ui/time.tsx'
import type { ViewContext } from '../view-context.ts'
import { CustodyWays, type WaysError } from './custody-ways.tsx'

interface PartProps {
  view: ViewContext
  account: AccountSummary
  map: CustodyMap
  /** Why the act that was just asked for was refused. */
  error?: WaysError | null
}

export function AccountCustody({ view, account, map, error = null }: PartProps) {
  const { t } = view
  const { custody } = t
  const isShared = [...map.copies, ...map.gone].some(({ machine }) => machine !== null && !machine.isThis)
  return (
    <section id="custody" class="panel" aria-labelledby="custody-title">
      <h2 id="custody-title" class="panel__title">
        {t.account.custody}
      </h2>
      {map.isConflict ? (
        <div class="custody__conflict">
          <p class="custody__alarm" data-tone="bad">
            <MarkShape tone="bad" /> <strong>{custody.conflictTitle}</strong>
          </p>
          <CustodyWays view={view} account={account} map={map} error={error} />
        </div>
      ) : (
        <p class="custody__lead">{t.account.custodies[account.custody]}</p>
      )}
      <Holders view={view} map={map} />
      {map.copies.length === 0 && <p class="quiet custody__note">{custody.noCopies}</p>}
      <p class="quiet custody__note">{isShared ? custody.watched : custody.watchedAlone}</p>
      {map.gone.length > 0 && <Gone view={view} gone={map.gone} />}
    </section>
  )
}

function Holders({ view, map }: { view: ViewContext; map: CustodyMap }) {
  const { custody } = view.t
  const { own, copies, setAside } = map
  return (
    <table class="history custody__holders">
      <thead>
        <tr>
          <th scope="col">{custody.holder}</th>
          <th scope="col">{custody.generation}</th>
          <th scope="col">{custody.refreshes}</th>
          <th scope="col">{custody.seen}</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <td>{custody.own}</td>
          <td>{custody.number(String(own.generation))}</td>
          <td>{own.mayRefresh ? custody.owner : custody.no}</td>
          <td>{custody.now}</td>
        </tr>
        {copies.map((copy) => (
          <tr data-tone={copy.isRival ? 'bad' : undefined}>
            <td>
              {custody.kinds[copy.kind]}
              {copy.isFollowed && <span class="tag">{custody.followed}</span>}
              <code class="custody__place">{personalPath(view, copy.place)}</code>
              <MachineFacts view={view} copy={copy} />
            </td>
            <td>
              {copy.generation !== null && `${custody.number(String(copy.generation))} `}
              <span class="history__details quiet">{custody.holds[copy.holds]}</span>
            </td>
            <td>{refreshWords(view, copy)}</td>
            <td>
              <time datetime={new Date(copy.seenAt).toISOString()} title={exactText(view, copy.seenAt)}>
                {relativeText(view, copy.seenAt)}
              </time>
            </td>
          </tr>
        ))}
        {setAside.map((answer) => (
          <tr>
            <td>{custody.setAside}</td>
            <td>
              <span class="history__details quiet">{custody.setAsideOf(String(answer.generation))}</span>
            </td>
            <td>{custody.no}</td>
            <td title={exactText(view, answer.receivedAt)}>{relativeText(view, answer.receivedAt)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function refreshWords({ t: { custody } }: ViewContext, copy: MappedCopy): string {
  if (copy.isFollowed) return custody.owner
  if (copy.isRival) return custody.rival
  return copy.mayRefresh ? custody.yes : custody.no
}

function MachineFacts({ view, copy: { machine } }: { view: ViewContext; copy: MappedCopy }) {
  const { custody } = view.t
  if (machine === null) return <span class="history__details quiet">{custody.unknownMachine}</span>
  if (machine.isThis) return null
  const facts = [
    custody.onMachine(machine.name || machine.id),
    ...(machine.retiredAt === null ? [] : [custody.retired(relativeText(view, machine.retiredAt))]),
    ...(machine.isAway ? [custody.away(relativeText(view, machine.lastSeenAt))] : []),
  ]
  return <span class="history__details quiet">{personalText(view, facts.join(' · '))}</span>
}

function Gone({ view, gone }: { view: ViewContext; gone: readonly MappedCopy[] }) {
  const { custody } = view.t
  return (
    <details class="custody__gone">
      <summary>{custody.goneTitle}</summary>
      <ul class="custody__list">
        {gone.map((copy) => (
          <li>
            {custody.kinds[copy.kind]} <code>{personalPath(view, copy.place)}</code>{' '}
            <span class="quiet">{custody.goneSince(relativeText(view, copy.goneAt ?? copy.seenAt))}</span>
            <MachineFacts view={view} copy={copy} />
          </li>
        ))}
      </ul>
    </details>
  )
}
