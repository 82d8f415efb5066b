/** @jsxImportSource #html */
/**
 * The page of the callback listener: what became of a sign-in, and the way back. It stands alone: no session, no layout,
 * nothing loaded but its own style sheet and the script that takes the code out of the address.
 */

import type { CallbackPageState, CallbackPages } from '../../accounts/callback-page.ts'
import type { CallbackPageMessages, CallbackPageText } from '../../messages/callback-page.ts'
import { callbackPageMessages } from '../../messages/callback-page.ts'
import { languageFromHeader } from '../../messages/languages.ts'

const STYLE_SHEET = `:root { color-scheme: light dark; font: 100%/1.6 system-ui, sans-serif }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas; color: CanvasText }
main { max-width: 34rem; padding: 2rem }
h1 { font-size: 1.5rem; line-height: 1.25; text-wrap: balance; overflow-wrap: anywhere }
blockquote { margin: 1rem 0; padding-inline-start: 1rem; border-inline-start: 3px solid GrayText; overflow-wrap: anywhere }
a { display: inline-block; margin-block-start: 1rem; padding: .6rem 1.2rem; border: 1px solid currentColor; border-radius: .5rem; color: inherit; text-decoration: none }
a:focus-visible { outline: 3px solid Highlight; outline-offset: 2px }
`

function render(state: CallbackPageState, acceptLanguage: string | undefined, dashboardUrl: string): string {
  const language = languageFromHeader(acceptLanguage)
  const messages = callbackPageMessages[language]
  const { title, text } = pageText(messages, state)
  const detail = 'detail' in state ? state.detail : null
  const page = (
    <html lang={language === 'zh' ? 'zh-Hans' : language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} · Tokendeck`}</title>
        <link rel="stylesheet" href="/style.css" />
        <script src="/clean-address.js"></script>
      </head>
      <body>
        <main data-outcome={state.kind}>
          <h1>{title}</h1>
          <p>{text}</p>
          {detail && (
            <blockquote>
              {messages.providerSays('providerName' in state ? state.providerName : '')} {detail}
            </blockquote>
          )}
          <a href={dashboardUrl}>{messages.toDashboard}</a>
        </main>
      </body>
    </html>
  )
  return `<!doctype html>${page}`
}

function pageText(messages: CallbackPageMessages, state: CallbackPageState): CallbackPageText {
  return (messages.pages[state.kind] as (state: CallbackPageState) => CallbackPageText)(state)
}

/** The pages of the callback listener, ready to be given to it. */
export const callbackPages: CallbackPages = { render, styleSheet: STYLE_SHEET }
