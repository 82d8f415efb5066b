/** The fake provider's own pages: who signs in, the code to copy, the device code to type. Plain forms, no scripts. */

import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { FakeIdentity } from './fake-identities.ts'

type Html = HtmlEscapedString | Promise<HtmlEscapedString>

function page(title: string, body: Html): Html {
  return html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
    <link rel="icon" href="data:,"></head><body><main><h1>${title}</h1>${body}</main></body></html>`
}

const identityButtons = (identities: readonly FakeIdentity[]) =>
  identities.map(
    (identity) => html`<p><button name="identity" value="${identity.name}">
      Continue as ${identity.displayName} at ${identity.organizationName}</button></p>`,
  )

/** Asks who signs in; the authorization request travels along as it came. */
export function consentPage(action: string, query: string, identities: readonly FakeIdentity[]): Html {
  return page(
    'Sign in to the fake provider',
    html`<form method="post" action="${action}"><input type="hidden" name="request" value="${query}">
      ${identityButtons(identities)}<p><button name="identity" value="">Deny</button></p></form>`,
  )
}

/** Shows what a person copies into the dashboard: `code#state`. */
export function pastePage(code: string, state: string): Html {
  return page(
    'Authentication code',
    html`<p>Paste this into the program:</p><p><code id="code">${code}#${state}</code></p>`,
  )
}

/** Asks for the code that a device shows, and who approves it. */
export function devicePage(action: string, userCode: string, identities: readonly FakeIdentity[]): Html {
  return page(
    'Enter the code of your device',
    html`<form method="post" action="${action}"><label>Code <input name="user_code" value="${userCode}"></label>
      ${identityButtons(identities)}</form>`,
  )
}

/** One sentence. */
export function messagePage(title: string): Html {
  return page(title, html`<p>You can close this page.</p>`)
}
