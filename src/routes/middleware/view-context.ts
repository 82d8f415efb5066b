/** Gathers what views need of a request: language, theme, mask, nonce, CSRF token, time. Asks for the settings seldom. */

import type { Context, MiddlewareHandler } from 'hono'
import { getSettings } from '../../accounts/settings.ts'
import { isLanguage, languageFromHeader } from '../../messages/languages.ts'
import { messagesFor } from '../../messages/messages.ts'
import type { ViewContext } from '../../views/view-context.ts'
import { assetAddresses } from '../assets.ts'
import type { AppDependencies, AppEnvironment } from '../dependencies.ts'
import { kindOf, pathAndQueryOf, pathOf } from '../request-kind.ts'

/** What stays the same from request to request: the owner's choices, and the time zone of the machine. */
type Settings = Awaited<ReturnType<typeof getSettings>> & { timeZone: string }

/** Another machine may share the database and change them there. */
const SETTINGS_KEPT_MS = 30_000

const DEFAULTS: Settings = { language: null, theme: 'system', isMasked: false, timeZone: 'UTC' }

/** The settings, read once and again after they changed. */
export function settingsReader(deps: AppDependencies): () => Promise<Settings> {
  const { clock, events, system } = deps.accounts
  let kept: { settings: Promise<Settings>; until: number } | null = null
  let lastGood: Settings | null = null
  events.subscribe((event) => {
    if (event.type === 'settings.changed') kept = null
  })
  return () => {
    if (!kept || clock.monotonic() >= kept.until) {
      const settings = getSettings(deps.accounts).then(
        (chosen) => {
          // Kept too: asking costs more than the rest of a small answer.
          lastGood = { ...chosen, timeZone: system.timeZone }
          return lastGood
        },
        (error: unknown) => {
          kept = null
          // A remote database that is away changes nobody's language.
          if (lastGood && deps.accounts.isDatabaseRemote) return lastGood
          throw error
        },
      )
      settings.catch(() => {})
      kept = { settings, until: clock.monotonic() + SETTINGS_KEPT_MS }
    }
    return kept.settings
  }
}

/** Sets `language` and `view`. */
export function viewContext(readSettings: () => Promise<Settings>): MiddlewareHandler<AppEnvironment> {
  return async (c, next) => {
    // Files and the health check show nothing, and must not wait for the database.
    const isPlain = kindOf(c.req.raw) === 'static' || pathOf(c.req.raw) === '/healthz'
    if (!isPlain) setView(c, await readSettings())
    return await next()
  }
}

/** The view of a request that failed before its settings could be read. */
export function fallbackView(c: Context<AppEnvironment>): ViewContext {
  return c.get('view') ?? setView(c, DEFAULTS)
}

function setView(c: Context<AppEnvironment>, settings: Settings): ViewContext {
  const { accounts, version } = c.get('deps')
  // A newer version that shares the database may know more languages.
  const language =
    settings.language !== null && isLanguage(settings.language)
      ? settings.language
      : languageFromHeader(c.req.raw.headers.get('accept-language') ?? undefined)
  const view: ViewContext = {
    language,
    t: messagesFor(language),
    nonce: c.get('nonce'),
    csrfToken: c.get('session')?.csrfToken ?? '',
    theme: settings.theme,
    isMasked: settings.isMasked,
    now: accounts.clock.now(),
    timeZone: settings.timeZone,
    path: pathAndQueryOf(c.req.raw),
    assets: assetAddresses(),
    version,
  }
  c.set('language', language)
  c.set('view', view)
  return view
}
