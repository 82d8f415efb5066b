/** @jsxImportSource #html */
/** Language, theme and mask as one form. */

import { LANGUAGE_NAMES, LANGUAGES } from '../../messages/languages.ts'
import { CsrfField } from '../ui/csrf-field.tsx'
import type { ViewContext } from '../view-context.ts'

/** `language` null: as the browser asks. */
export function AppearanceForm({ view, language }: { view: ViewContext; language: string | null }) {
  const { settings, frame } = view.t
  return (
    <section class="panel" aria-labelledby="appearance-title">
      <h2 id="appearance-title" class="panel__title">
        {settings.appearance}
      </h2>
      <form class="stack" method="post" action="/settings">
        <CsrfField view={view} />
        <label class="field">
          <span class="field__label">{settings.language}</span>
          <select class="input" name="language">
            <option value="" selected={language === null}>
              {settings.automatic}
            </option>
            {LANGUAGES.map((each) => (
              <option value={each} selected={language === each} lang={each}>
                {LANGUAGE_NAMES[each]}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span class="field__label">{settings.theme}</span>
          <select class="input" name="theme">
            {(['system', 'light', 'dark'] as const).map((theme) => (
              <option value={theme} selected={view.theme === theme}>
                {settings.themes[theme]}
              </option>
            ))}
          </select>
        </label>
        <input type="hidden" name="masked" value="no" />
        <label class="check">
          <input type="checkbox" name="masked" value="yes" checked={view.isMasked} /> {settings.mask}
        </label>
        <div class="button-row">
          <button type="submit" class="btn btn--primary">
            {frame.save}
          </button>
        </div>
      </form>
    </section>
  )
}
