/** @jsxImportSource #html */
/** Notifications of this browser. The choice is the browser's own; its permission is asked by a click, never by a page. */

import type { ViewContext } from '../view-context.ts'

export function BrowserNotices({ view }: { view: ViewContext }) {
  const { alerts: t } = view.t
  return (
    <section class="panel stack" aria-labelledby="browser-title">
      <h2 id="browser-title" class="panel__title">
        {t.browser}
      </h2>
      <p class="quiet">{t.browserHint}</p>
      <noscript>
        <p>{t.browserNoScript}</p>
      </noscript>
      <div
        class="button-row notices"
        data-notices
        data-denied={t.browserDenied}
        data-missing={t.browserMissing}
        data-test-title={t.words.test![0]}
        data-test-text={t.browserTestText}
        hidden
      >
        <button type="button" class="btn" data-notices-on>
          {t.browserOn}
        </button>
        <button type="button" class="btn" data-notices-off hidden>
          {t.browserOff}
        </button>
        <button type="button" class="btn btn--quiet" data-notices-test hidden>
          {t.browserTest}
        </button>
      </div>
      <p class="field__hint" data-notices-state role="status" />
    </section>
  )
}
