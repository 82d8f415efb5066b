/** The owner's choices: language, theme, mask. Kept as text by name; anything else in those rows counts as not chosen. */

import { recordAuditEvent } from '../db/audit-store.ts'
import { readSettings, writeSetting } from '../db/settings-store.ts'
import type { AccountsContext, Actor } from './context.ts'

/** Looks of the pages; `system` follows the browser. */
const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** What is chosen. `language` is a tag such as `ja`, or null for the browser's. */
export interface Settings {
  language: string | null
  theme: Theme
  isMasked: boolean
}

const LANGUAGE_TAG = /^[a-z]{2,3}$/

/** The present choices. */
export async function getSettings(context: Pick<AccountsContext, 'database'>): Promise<Settings> {
  const settings = await readSettings(context.database)
  const language = settings.get('language') ?? ''
  const theme = settings.get('theme') ?? ''
  return {
    language: LANGUAGE_TAG.test(language) ? language : null,
    theme: isTheme(theme) ? theme : 'system',
    isMasked: settings.get('mask') === 'on',
  }
}

/**
 * Changes some choices and tells whoever listens.
 *
 * Errors: RangeError for a value that no form offers; StoreError
 */
export async function changeSettings(
  context: Pick<AccountsContext, 'database' | 'clock' | 'events'>,
  changes: Partial<Settings>,
  actor: Actor,
): Promise<Settings> {
  const rows = Object.entries(asText(changes))
  const at = context.clock.now()
  for (const [name, value] of rows) await writeSetting(context.database, name, value, at)
  if (rows.length > 0) {
    const details = { names: rows.map(([name]) => name).join(', ') }
    await recordAuditEvent(context.database, { at, accountId: null, kind: 'settings.changed', actor, details })
    context.events.publish({ type: 'settings.changed' })
  }
  return getSettings(context)
}

function asText({ language, theme, isMasked }: Partial<Settings>): Record<string, string> {
  if (language && !LANGUAGE_TAG.test(language)) throw new RangeError('Not a language tag')
  if (theme !== undefined && !isTheme(theme)) throw new RangeError('Not a theme')
  return {
    ...(language !== undefined && { language: language ?? '' }),
    ...(theme !== undefined && { theme }),
    ...(isMasked !== undefined && { mask: isMasked ? 'on' : 'off' }),
  }
}

function isTheme(text: string): text is Theme {
  return (THEMES as readonly string[]).includes(text)
}
