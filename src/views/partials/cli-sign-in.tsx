/** @jsxImportSource #html */
/** A sign-in that the CLI does: what it says as it says it, the address it wants opened, and a code told to it. */

import type { AuthorizationView } from '../../accounts/authorization-view.ts'
import type { CliSignInView } from '../../switching/profile-sign-in.ts'
import { CopyField } from '../ui/copy-field.tsx'
import { CsrfField } from '../ui/csrf-field.tsx'
import { Field } from '../ui/field.tsx'
import { dialogForm, hx } from '../ui/hx.ts'
import { Icon } from '../ui/icon.tsx'
import { QrCode } from '../ui/qr-code.tsx'
import type { ViewContext } from '../view-context.ts'

interface CliSignInProps {
  view: ViewContext
  authorization: AuthorizationView
  signIn: CliSignInView
}

export function CliSignIn({ view, authorization, signIn }: CliSignInProps) {
  const { cli } = view.t.profiles
  return (
    <div class="stack">
      <CliOutput view={view} signIn={signIn} />
      {signIn.takesCode && (
        <form class="inline-form" {...dialogForm(view, `/authorizations/${authorization.id}/codes`)}>
          <CsrfField view={view} />
          <Field id="cli-code" name="code" label={cli.code} hint={cli.codeHint} required maxlength={4_096} />
          <button type="submit" class="btn">
            {cli.send}
          </button>
        </form>
      )}
      {signIn.state !== 'running' && <ByHand view={view} authorization={authorization} signIn={signIn} />}
      {signIn.takesCode && (
        <noscript>
          <a href={`/authorizations/${authorization.id}`}>{cli.lookAgain}</a>
        </noscript>
      )}
    </div>
  )
}

/** Its root `cli_ID` is swapped by itself and by live updates while the CLI runs; what is typed beside it stays. */
export function CliOutput({ view, signIn }: Omit<CliSignInProps, 'authorization'>) {
  const address = `/authorizations/${signIn.authorizationId}/output`
  const isRunning = signIn.state === 'running'
  const polling = isRunning
    ? hx(view, {
        get: address,
        trigger: `authorization-${signIn.authorizationId} from:body, every 2s`,
        swap: 'outerHTML',
      })
    : {}
  return (
    <div id={`cli_${signIn.authorizationId}`} class="cli-sign-in" data-state={signIn.state} {...polling}>
      <p role="status">{stateWords(view, signIn)}</p>
      {(isRunning || signIn.lines.length > 0) && <Lines view={view} signIn={signIn} />}
      {isRunning && <Wanted view={view} signIn={signIn} />}
    </div>
  )
}

function stateWords(view: ViewContext, { state, cli: name, end, exitCode }: CliSignInView): string {
  const { cli } = view.t.profiles
  if (state !== 'ended') return cli[state](name)
  if (end !== 'exited' || exitCode === null) return cli.stopped(name)
  return exitCode === 0 ? cli.endedWell(name) : cli.ended(name, exitCode)
}

function Lines({ view, signIn }: Omit<CliSignInProps, 'authorization'>) {
  const { cli } = view.t.profiles
  return (
    // A region that scrolls must be reachable by the keyboard.
    <section class="cli-sign-in__output" aria-label={cli.output(signIn.cli)} tabindex={0}>
      <pre>{signIn.lines.join('\n') || cli.silent}</pre>
    </section>
  )
}

/** The address that the CLI named, to be opened here or on another device. */
function Wanted({ view, signIn }: Omit<CliSignInProps, 'authorization'>) {
  const { signIn: words } = view.t
  const { address, code, authorizationId } = signIn
  if (address === null) return null
  return (
    <div class="provider-link">
      <div class="provider-link__ways">
        <a class="btn btn--primary" href={address} target="_blank" rel="noreferrer">
          {words.open} <Icon name="external" />
        </a>
        <CopyField view={view} id={`cli_address_${authorizationId}`} text={address} label={words.copyAddress} />
        {code !== null && (
          <>
            <p class="user-code">
              <span class="visually-hidden">{words.code}: </span>
              {code}
            </p>
            <CopyField view={view} id={`cli_code_${authorizationId}`} text={code} label={words.copyCode} />
          </>
        )}
      </div>
      <figure class="provider-link__qr">
        <QrCode text={address} label={words.qr} />
        <figcaption class="quiet">{words.qrHint}</figcaption>
      </figure>
    </div>
  )
}

/** The line for a terminal, and a way to start the CLI from here where it is installed. */
function ByHand({ view, authorization, signIn }: CliSignInProps) {
  const { signIn: words, profiles } = view.t
  return (
    <>
      {authorization.command && (
        <CopyField
          view={view}
          id={`command_${authorization.id}`}
          text={authorization.command}
          label={words.copyCommand}
        />
      )}
      <p class="quiet">{words.commandHint}</p>
      {signIn.state !== 'absent' && (
        <form {...dialogForm(view, `/authorizations/${authorization.id}/runs`)}>
          <CsrfField view={view} />
          <button type="submit" class="btn">
            {signIn.state === 'ended' ? profiles.cli.again(signIn.cli) : profiles.cli.start(signIn.cli)}
          </button>
        </form>
      )}
    </>
  )
}
