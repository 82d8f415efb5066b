/** @jsxImportSource #html */
/** The rules of alerts as one form. */

import type { AlertRules } from '../../alerts/alert-rules.ts'
import { timeOfDay } from '../../lib/time-of-day.ts'
import { CsrfField } from '../ui/csrf-field.tsx'
import { Field } from '../ui/field.tsx'
import type { ViewContext } from '../view-context.ts'

export function AlertRulesForm({ view, rules, zone }: { view: ViewContext; rules: AlertRules; zone: string }) {
  const { alerts: t, frame } = view.t
  const { quietHours } = rules
  return (
    <section class="panel" aria-labelledby="rules-title">
      <h2 id="rules-title" class="panel__title">
        {t.rules}
      </h2>
      <form class="stack" method="post" action="/alerts/rules">
        <CsrfField view={view} />
        <fieldset class="alerts__kinds">
          <legend class="visually-hidden">{t.rules}</legend>
          {Object.entries(rules.kinds).map(([kind, isOn]) => (
            <label class="check check--text">
              <input type="checkbox" name={`kind_${kind}`} value="on" checked={isOn} /> {t.kinds[kind]}
            </label>
          ))}
        </fieldset>
        <Field
          id="alert-thresholds"
          name="thresholds"
          label={t.thresholds}
          value={rules.usageThresholds.join(', ')}
          hint={t.thresholdsHint}
          maxlength={60}
        />
        <Field
          id="alert-days"
          name="days"
          label={t.days}
          value={rules.loginEndDays.join(', ')}
          hint={t.daysHint}
          maxlength={60}
        />
        <fieldset class="alerts__quiet">
          <legend class="field__label">{t.quiet}</legend>
          <label class="field">
            <span class="quiet">{t.quietFrom}</span>
            <input class="input" type="time" name="quiet_from" value={quietHours ? timeOfDay(quietHours.from) : ''} />
          </label>
          <label class="field">
            <span class="quiet">{t.quietUntil}</span>
            <input class="input" type="time" name="quiet_until" value={quietHours ? timeOfDay(quietHours.until) : ''} />
          </label>
          <p class="field__hint alerts__wide">{t.quietHint(zone)}</p>
        </fieldset>
        <p class="quiet">{t.rulesHint}</p>
        <div class="button-row">
          <button type="submit" class="btn btn--primary">
            {frame.save}
          </button>
        </div>
      </form>
    </section>
  )
}
