/** @jsxImportSource #html */
/** Logins that are being ended at their providers, above the accounts; nothing where there are none. */

import type { Revocation } from '../../accounts/revocations.ts'
import { CsrfField } from '../ui/csrf-field.tsx'
import { hx } from '../ui/hx.ts'
import { MarkShape } from '../ui/icon.tsx'
import { personal } from '../ui/mask.ts'
import { RelativeTime } from '../ui/time.tsx'
import type { ViewContext } from '../view-context.ts'

const TONES = { pending: 'warn', confirmed: 'good', not_confirmed: 'bad' } as const

/** A sign-out that was confirmed late is told for this long; one that was confirmed at once was told then. Milliseconds. */
const GOOD_NEWS_MS = 86_400_000

function isWorthTelling({ status, tries, endedAt }: Revocation, now: number): boolean {
  return status !== 'confirmed' || (tries > 1 && now - (endedAt ?? 0) < GOOD_NEWS_MS)
}

/** Its root fetches itself again when one of them has come further. */
export function RevocationList({ view, revocations }: { view: ViewContext; revocations: readonly Revocation[] }) {
  const live = hx(view, { get: '/revocations', swap: 'outerMorph', trigger: 'revocation-changed from:body' })
  const told = revocations.filter((revocation) => isWorthTelling(revocation, view.now))
  return (
    <div id="revocations" {...live}>
      {told.length > 0 && (
        <section class="revocations" aria-labelledby="revocations-title">
          <h2 id="revocations-title" class="revocations__title">
            {view.t.revocations.title}
          </h2>
          <ul class="revocations__list" aria-live="polite">
            {told.map((revocation) => (
              <RevocationItem view={view} revocation={revocation} />
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}

function RevocationItem({ view, revocation }: { view: ViewContext; revocation: Revocation }) {
  const { revocations: t } = view.t
  const { status, providerName, nextTryAt, givesUpAt, failureCode, endedAt, tries } = revocation
  const words = status === 'not_confirmed' ? t.not_confirmed(providerName) : t[status]
  return (
    <li id={`revocation_${revocation.id}`} class="revocation" data-tone={TONES[status]}>
      <MarkShape tone={TONES[status]} />
      <p class="revocation__what">
        <strong>{t.account(personal(view, revocation.accountName) ?? '', providerName)}</strong> {words}
      </p>
      <p class="revocation__when quiet">
        {nextTryAt !== null && (
          <>
            {t.nextTry} <RelativeTime view={view} at={nextTryAt} />
            {' · '}
          </>
        )}
        {givesUpAt !== null && (
          <>
            {t.givesUp} <RelativeTime view={view} at={givesUpAt} />
            {' · '}
          </>
        )}
        {endedAt !== null && (
          <>
            <RelativeTime view={view} at={endedAt} />
            {' · '}
          </>
        )}
        {t.tries(tries)}
        {failureCode !== null && (
          <>
            {' · '}
            <code>{failureCode}</code>
          </>
        )}
      </p>
      <RevocationActs view={view} revocation={revocation} />
    </li>
  )
}

function RevocationActs({ view, revocation }: { view: ViewContext; revocation: Revocation }) {
  const { revocations: t } = view.t
  const name = t.account(personal(view, revocation.accountName) ?? '', revocation.providerName)
  const acts =
    revocation.status === 'pending'
      ? ([
          ['tries', t.tryNow],
          ['stops', t.stop],
        ] as const)
      : ([['dismissals', t.dismiss]] as const)
  return (
    <div class="revocation__acts button-row">
      {acts.map(([act, words]) => (
        <form method="post" action={`/revocations/${revocation.id}/${act}`}>
          <CsrfField view={view} />
          <button type="submit" class="btn btn--small" aria-label={`${words}: ${name}`}>
            {words}
          </button>
        </form>
      ))}
      {revocation.status === 'pending' && <p class="field__hint">{t.stopHint}</p>}
    </div>
  )
}
