/** The owner's recorded "I understand" for providers whose published terms restrict signing in inside another program. */

import { readSettings, writeSetting } from '../db/settings-store.ts'
import type { Provider, SignInMethod } from '../oauth/provider.ts'
import { requireProvider } from './authorization-view.ts'
import type { AccountsContext, Actor } from './context.ts'
import { AccountError } from './errors.ts'

const settingName = (providerId: string) => `consent:${providerId}`

/** True when the provider asks for none, or it was given. Errors: AccountError `unknown_provider` */
export async function hasConsent(context: AccountsContext, providerId: string): Promise<boolean> {
  if (!requireProvider(context, providerId).signInNeedsConsent) return true
  return (await readSettings(context.database)).has(settingName(providerId))
}

/** Keeps the consent, with who gave it and when. Errors: AccountError `unknown_provider` */
export async function giveConsent(context: AccountsContext, providerId: string, actor: Actor): Promise<void> {
  requireProvider(context, providerId)
  await writeSetting(context.database, settingName(providerId), actor, context.clock.now())
  context.events.publish({ type: 'settings.changed' })
}

/**
 * Refuses a sign-in of a person at a page who has not given the consent that the provider's terms call for. The provider's
 * own CLI signs in by its own terms; a command shows the notice itself; who writes a program against the API has decided.
 *
 * Errors: AccountError `consent_needed`
 */
export async function requireConsent(
  context: AccountsContext,
  provider: Provider,
  method: SignInMethod,
  actor: Actor,
): Promise<void> {
  if (actor !== 'browser' || method === 'cli_profile') return
  if (!(await hasConsent(context, provider.id))) throw new AccountError('consent_needed', { provider: provider.name })
}
