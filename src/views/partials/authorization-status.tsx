/** @jsxImportSource #html */
/** How far a sign-in has come. Asks again every few seconds while it is open, beside the live updates. */

import type { AuthorizationView } from '../../accounts/authorization-view.ts'
import type { ReasonParams } from '../../accounts/health-reason.ts'
import { errorText, isErrorCode } from '../../messages/errors.ts'
import { hx } from '../ui/hx.ts'
import { MarkShape } from '../ui/icon.tsx'
import { personalText } from '../ui/mask.ts'
import { durationText } from '../ui/time.tsx'
import type { ViewContext } from '../view-context.ts'

interface AuthorizationStatusProps {
  view: ViewContext
  authorization: AuthorizationView
  /** Name of the account it led to, once complete. */
  completedName?: string | null
}

/** Its root `authorization_ID` is swapped by itself and by live updates. */
export function AuthorizationStatus({ view, authorization, completedName }: AuthorizationStatusProps) {
  const address = `/authorizations/${authorization.id}/status`
  const polling =
    authorization.status === 'pending'
      ? hx(view, { get: address, trigger: `authorization-${authorization.id} from:body, every 3s`, swap: 'outerHTML' })
      : {}
  return (
    <div
      id={`authorization_${authorization.id}`}
      class="authorization-status"
      data-status={authorization.status}
      {...polling}
    >
      {authorization.status === 'pending' ? (
        <PendingStages view={view} authorization={authorization} />
      ) : (
        <Outcome view={view} authorization={authorization} completedName={completedName} />
      )}
    </div>
  )
}

function PendingStages({ view, authorization }: AuthorizationStatusProps) {
  const { signIn } = view.t
  const isExchanging = authorization.stage === 'exchanging'
  const port = portOf(authorization.redirectUri)
  return (
    <>
      <ol class="stages" aria-label={signIn.steps}>
        {authorization.method === 'callback' && port !== null && (
          <li class="stage" data-stage="done">
            {signIn.stages.listening(port)}
          </li>
        )}
        <li class="stage" data-stage={isExchanging ? 'done' : 'now'} aria-current={isExchanging ? undefined : 'step'}>
          {waitingWords(view, authorization)}
        </li>
        <li class="stage" data-stage={isExchanging ? 'now' : 'next'} aria-current={isExchanging ? 'step' : undefined}>
          {signIn.stages.exchanging}
        </li>
        <li class="stage" data-stage="next">
          {signIn.stages.done}
        </li>
      </ol>
      <p class="countdown quiet">
        {signIn.timeLeft(durationText(view, Math.max(0, authorization.expiresAt - view.now), 2, { withSeconds: true }))}
      </p>
    </>
  )
}

function waitingWords(view: ViewContext, authorization: AuthorizationView): string {
  const { stages } = view.t.signIn
  const words = {
    callback: stages.waitingBrowser,
    paste: stages.waitingCode,
    device: stages.waitingDevice,
    cli_profile: stages.waitingCli,
  }
  return words[authorization.method]
}

function Outcome({ view, authorization, completedName }: AuthorizationStatusProps) {
  const { signIn } = view.t
  if (authorization.status === 'complete') {
    return (
      <div class="notice" data-tone="good" role="status">
        <MarkShape tone="good" />
        <p>
          <strong class="notice__title">{completedName ? signIn.complete(completedName) : signIn.stages.done}</strong>{' '}
          {signIn.completeHint}
        </p>
      </div>
    )
  }
  const { status, failure } = authorization
  if (status === 'pending') return null
  const explained =
    failure && isErrorCode(failure.code)
      ? errorText(view.language, failure.code, failureParams(authorization), view.now)
      : null
  const hints = { failed: explained?.detail ?? '', expired: signIn.expiredHint, cancelled: signIn.cancelledHint }
  return (
    <div class="notice" data-tone={status === 'failed' ? 'bad' : 'warn'} role="alert">
      <MarkShape tone={status === 'failed' ? 'bad' : 'warn'} />
      <div>
        <p>
          <strong class="notice__title">{explained?.title ?? signIn.over[status]}</strong>{' '}
          {personalText(view, hints[status])}
        </p>
        {failure?.detail && !explained?.detail.includes(failure.detail) && (
          <p class="quiet">
            {signIn.providerSaid} <q>{personalText(view, failure.detail)}</q>
          </p>
        )}
      </div>
    </div>
  )
}

function failureParams({ failure, providerName }: AuthorizationView): ReasonParams {
  return { provider: providerName, ...failure?.params, detail: failure?.detail ?? null }
}

/** The port of a loopback redirect URI; null for others. */
export function portOf(redirectUri: string): string | null {
  return /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]):(\d+)\//.exec(redirectUri)?.[1] ?? null
}
