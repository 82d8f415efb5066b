/** @jsxImportSource #html */
/** A sign-in under way: how far it is, the way to the provider, and every other way to finish it. */

import type { AuthorizationView } from '../../accounts/authorization-view.ts'
import type { CliSignInView } from '../../switching/profile-sign-in.ts'
import { AuthorizationStatus, portOf } from '../partials/authorization-status.tsx'
import { CliSignIn } from '../partials/cli-sign-in.tsx'
import { CopyField } from '../ui/copy-field.tsx'
import { CsrfField } from '../ui/csrf-field.tsx'
import { DialogContent, FormError } from '../ui/dialog-content.tsx'
import { dialogForm } from '../ui/hx.ts'
import { Icon } from '../ui/icon.tsx'
import { personalText } from '../ui/mask.ts'
import { QrCode } from '../ui/qr-code.tsx'
import type { ViewContext } from '../view-context.ts'
import { PasteForm } from './paste-form.tsx'

export interface SignInDialogProps {
  view: ViewContext
  authorization: AuthorizationView
  /** The CLI's part, where a CLI signs in. */
  cliSignIn?: CliSignInView | null
  completedName?: string | null
  /** What was wrong with a pasted response. */
  error?: { title: string; detail: string } | null
}

export function SignInDialog({
  view,
  authorization,
  cliSignIn = null,
  completedName,
  error = null,
}: SignInDialogProps) {
  const { t } = view
  const name = authorization.accountName === null ? null : personalText(view, authorization.accountName)
  const title = name ? t.add.titleAgain(name) : t.signIn.title(authorization.providerName)
  const isPending = authorization.status === 'pending'
  return (
    <DialogContent view={view} title={title}>
      <div class="dialog-content__body">
        {name && isPending && <p class="quiet">{t.add.again(name)}</p>}
        <FormError error={error} />
        {isPending && <PortsTaken view={view} authorization={authorization} />}
        {isPending && (
          <MethodBody view={view} authorization={authorization} cliSignIn={cliSignIn} hasError={error !== null} />
        )}
        <AuthorizationStatus view={view} authorization={authorization} completedName={completedName} />
        {isPending && <Elsewhere view={view} authorization={authorization} />}
        {isPending && <OtherMethods view={view} authorization={authorization} />}
      </div>
      <footer class="dialog-content__foot">
        {isPending ? (
          <CancelForm view={view} authorization={authorization} />
        ) : (
          <AfterEnd view={view} authorization={authorization} />
        )}
      </footer>
    </DialogContent>
  )
}

interface PartProps {
  view: ViewContext
  authorization: AuthorizationView
}

function PortsTaken({ view, authorization }: PartProps) {
  if (authorization.portsTaken.length === 0) return null
  const { signIn } = view.t
  return (
    <div class="notice" data-tone="warn">
      <p>
        {signIn.portsTaken} {authorization.portsTaken.map(({ port, holder }) => signIn.port(port, holder)).join(', ')}.{' '}
        {signIn.portsTakenNext}
      </p>
    </div>
  )
}

function MethodBody({
  view,
  authorization,
  cliSignIn,
  hasError,
}: PartProps & { cliSignIn: CliSignInView | null; hasError: boolean }) {
  if (authorization.method === 'device') return <DeviceCode view={view} authorization={authorization} />
  if (cliSignIn) return <CliSignIn view={view} authorization={authorization} signIn={cliSignIn} />
  return (
    <>
      <ProviderLink view={view} authorization={authorization} />
      {authorization.method === 'paste' && (
        <PasteForm view={view} authorization={authorization} hasError={hasError} isFocused />
      )}
    </>
  )
}

function ProviderLink({ view, authorization }: PartProps) {
  const { signIn } = view.t
  const address = authorization.authorizationUrl
  return (
    <div class="provider-link">
      <div class="provider-link__ways">
        <a class="btn btn--primary" href={address} target="_blank" rel="noreferrer" data-authorization-link>
          {signIn.open} <Icon name="external" />
        </a>
        <CopyField view={view} id={`address_${authorization.id}`} text={address} label={signIn.copyAddress} />
      </div>
      <figure class="provider-link__qr">
        <QrCode text={address} label={signIn.qr} />
        <figcaption class="quiet">{signIn.qrHint}</figcaption>
      </figure>
    </div>
  )
}

function DeviceCode({ view, authorization }: PartProps) {
  const { signIn } = view.t
  if (!authorization.userCode || !authorization.verificationUri) return null
  return (
    <div class="provider-link">
      <div class="provider-link__ways">
        <p>{signIn.typeCode}</p>
        <p>
          <a href={authorization.verificationUri} target="_blank" rel="noreferrer">
            {authorization.verificationUri}
          </a>
        </p>
        <p class="user-code">
          <span class="visually-hidden">{signIn.code}: </span>
          {authorization.userCode}
        </p>
        <CopyField view={view} id={`code_${authorization.id}`} text={authorization.userCode} label={signIn.copyCode} />
      </div>
      <figure class="provider-link__qr">
        <QrCode text={authorization.verificationUri} label={signIn.qr} />
        <figcaption class="quiet">{signIn.qrHint}</figcaption>
      </figure>
    </div>
  )
}

/** For those whose browser is on another machine than this program. */
function Elsewhere({ view, authorization }: PartProps) {
  if (authorization.method !== 'callback') return null
  const { signIn } = view.t
  const port = portOf(authorization.redirectUri)
  return (
    <details class="disclosure">
      <summary>{signIn.elsewhere}</summary>
      <div class="disclosure__body stack">
        <p>{signIn.elsewhereLead}</p>
        {authorization.methods.includes('device') && (
          <MethodForm view={view} authorization={authorization} method="device" words={signIn.useDevice} />
        )}
        <p class="quiet">{signIn.pasteEnded}</p>
        <PasteForm view={view} authorization={authorization} hasError={false} isFocused={false} />
        {port !== null && (
          <>
            <p class="quiet">{signIn.tunnel}</p>
            <CopyField
              view={view}
              id={`tunnel_${authorization.id}`}
              text={`ssh -L ${port}:localhost:${port} USER@HOST`}
              label={signIn.copyCommand}
            />
          </>
        )}
      </div>
    </details>
  )
}

function OtherMethods({ view, authorization }: PartProps) {
  const others = authorization.methods.filter((method) => method !== authorization.method)
  if (others.length === 0) return null
  return (
    <details class="disclosure">
      <summary>{view.t.signIn.otherWays}</summary>
      <ul class="disclosure__body ways">
        {others.map((method) => (
          <li class="way">
            <p class="way__words quiet">{view.t.add.methodHints[method]}</p>
            <MethodForm view={view} authorization={authorization} method={method} words={view.t.add.methods[method]} />
          </li>
        ))}
      </ul>
    </details>
  )
}

/** Ends this sign-in and begins one by another method. */
function MethodForm({ view, authorization, method, words }: PartProps & { method: string; words: string }) {
  return (
    <form {...dialogForm(view, '/authorizations')}>
      <CsrfField view={view} />
      <input type="hidden" name="provider" value={authorization.provider} />
      {authorization.variant && <input type="hidden" name="variant" value={authorization.variant} />}
      <input type="hidden" name="method" value={method} />
      {authorization.accountId && <input type="hidden" name="account" value={authorization.accountId} />}
      {authorization.label && <input type="hidden" name="label" value={authorization.label} />}
      <button type="submit" class="btn btn--small">
        {words}
      </button>
    </form>
  )
}

function CancelForm({ view, authorization }: PartProps) {
  return (
    <form {...dialogForm(view, `/authorizations/${authorization.id}/cancellations`)}>
      <CsrfField view={view} />
      <button type="submit" class="btn">
        {view.t.frame.cancel}
      </button>
    </form>
  )
}

function AfterEnd({ view, authorization }: PartProps) {
  const { signIn } = view.t
  if (authorization.status === 'complete') {
    return (
      <>
        {authorization.completedAccountId && (
          <a class="btn" href={`/accounts/${authorization.completedAccountId}`}>
            {signIn.openAccount}
          </a>
        )}
        <a class="btn btn--primary" href="/">
          {signIn.toAccounts}
        </a>
      </>
    )
  }
  return (
    <>
      <a class="btn" href="/">
        {signIn.toAccounts}
      </a>
      <form {...dialogForm(view, '/authorizations')}>
        <CsrfField view={view} />
        <input type="hidden" name="provider" value={authorization.provider} />
        {authorization.variant && <input type="hidden" name="variant" value={authorization.variant} />}
        <input type="hidden" name="method" value={authorization.method} />
        {authorization.accountId && <input type="hidden" name="account" value={authorization.accountId} />}
        <button type="submit" class="btn btn--primary">
          {signIn.restart}
        </button>
      </form>
    </>
  )
}
