/** @jsxImportSource #html */
/** The whole document: head, header with counts, messages, the page, the dialog shell, and the one live connection. */

import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { AccountCounts } from './account-filter.ts'
import { AlertNews, Bell } from './partials/bell.tsx'
import { Counts } from './partials/counts.tsx'
import { Flash, type FlashMessage } from './partials/flash.tsx'
import { CsrfField } from './ui/csrf-field.tsx'
import { dialogLink } from './ui/hx.ts'
import { Icon } from './ui/icon.tsx'
import type { ViewContext } from './view-context.ts'

/** What the header tells on every page behind the session. */
export interface FrameData {
  counts: AccountCounts
  /** How many alerts nobody has seen. */
  alerts?: number
  flash?: FlashMessage | null
}

interface LayoutProps {
  view: ViewContext
  title: string
  /** Null on public pages: no header with accounts, no live connection. */
  frame: FrameData | null
  section?: 'accounts' | 'usage' | 'activity' | 'settings' | 'timeline' | 'alerts'
  /** Reload after so many seconds where scripts are off. */
  reloadSeconds?: number
  children?: Child
}

// What came of an act is not the list's to take away, which may have been made before.
const HTMX_CONFIG = 'extensions:"hx-csp,sse",safeEval:true,history:"reload",morphSkip:".outcome"'
const LANGUAGE_TAGS = { en: 'en', ja: 'ja', zh: 'zh-Hans', ko: 'ko' }

export function Layout({ view, title, frame, section, reloadSeconds, children }: LayoutProps) {
  return (
    <>
      {raw('<!doctype html>')}
      <html lang={LANGUAGE_TAGS[view.language]} data-theme={view.theme}>
        <head>
          <meta charset="utf-8" />
          <title>{`${title} · Tokendeck`}</title>
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content={view.theme === 'system' ? 'light dark' : view.theme} />
          <meta name="htmx-config" content={HTMX_CONFIG} />
          <link rel="icon" href={view.assets.icon} type="image/svg+xml" />
          <link rel="stylesheet" href={view.assets.css} />
          {reloadSeconds && (
            <noscript>
              <meta http-equiv="refresh" content={String(reloadSeconds)} />
            </noscript>
          )}
          <script nonce={view.nonce} src={view.assets.js} defer />
        </head>
        <body>
          <a class="skip-link" href="#main">
            {view.t.frame.skip}
          </a>
          {frame && <Header view={view} frame={frame} section={section} />}
          <div id="flash" class="page-width" aria-live="polite">
            {frame?.flash && <Flash message={frame.flash} />}
          </div>
          <main id="main" class="page-width" tabindex={-1}>
            {children}
          </main>
          <footer class="footer page-width quiet">
            <span>Tokendeck {view.version}</span>
            <span>{view.t.frame.disclaimer}</span>
          </footer>
          {frame && <LiveParts view={view} />}
        </body>
      </html>
    </>
  )
}

function Header({ view, frame, section }: { view: ViewContext; frame: FrameData; section: LayoutProps['section'] }) {
  const { t } = view
  return (
    <header class="header">
      <div class="header__inner page-width">
        <a class="header__brand" href="/">
          <svg class="brand-mark" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d="M2 4.5h12M2 8h8M2 11.5h12" />
            <circle cx="12.8" cy="8" r="1.2" />
          </svg>
          Tokendeck
        </a>
        <nav class="header__nav" aria-label={t.frame.navigation}>
          <a href="/" aria-current={section === 'accounts' ? 'page' : undefined}>
            {t.frame.accounts}
          </a>
          <a href="/usage" aria-current={section === 'usage' ? 'page' : undefined}>
            {t.usageHistory.nav}
          </a>
          <a href="/timeline" aria-current={section === 'timeline' ? 'page' : undefined}>
            {t.timeline.title}
          </a>
          <a href="/activity" aria-current={section === 'activity' ? 'page' : undefined}>
            {t.activity.title}
          </a>
          <a href="/settings" aria-current={section === 'settings' ? 'page' : undefined}>
            {t.frame.settings}
          </a>
        </nav>
        <Counts view={view} counts={frame.counts} />
        <div class="header__tools">
          <Bell view={view} count={frame.alerts ?? 0} />
          <form method="post" action="/settings">
            <CsrfField view={view} />
            <input type="hidden" name="masked" value={view.isMasked ? 'no' : 'yes'} />
            <input type="hidden" name="return_to" value={view.path} />
            <button
              type="submit"
              class="btn btn--icon btn--quiet"
              aria-label={view.isMasked ? t.frame.unmask : t.frame.mask}
            >
              <Icon name={view.isMasked ? 'eye-off' : 'eye'} />
            </button>
          </form>
          <a
            class="btn btn--icon btn--quiet"
            data-shortcut="?"
            aria-label={t.frame.keyboard}
            href="/keyboard"
            {...dialogLink(view, '/keyboard')}
          >
            <Icon name="help" />
          </a>
        </div>
      </div>
    </header>
  )
}

function LiveParts({ view }: { view: ViewContext }) {
  return (
    <>
      <p id="announcer" class="visually-hidden" role="status" aria-live="polite" />
      <AlertNews view={view} />
      <p id="offline" class="offline" role="status" hidden>
        {view.t.frame.offline}
      </p>
      <dialog id="dialog" class="dialog" aria-labelledby="dialog-title" closedby="any">
        <div id="dialog-body" />
      </dialog>
      <div
        id="live"
        hidden
        hx-nonce={view.nonce}
        hx-headers={JSON.stringify({ 'Tokendeck-Page-Nonce': view.nonce })}
        hx-sse:connect={`/events?rendered=${view.now}`}
        hx-swap="none"
      />
    </>
  )
}
