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

/** Refuses a sign-in that needs a consent not given. The provider's own CLI signs in by its own terms. */
export async function requireConsent(
  context: AccountsContext,
  provider: Provider,
  method: SignInMethod,
): Promise<void> {
  if (method !== 'cli_profile' && !(await hasConsent(context, provider.id))) {
    throw new AccountError('consent_needed', { provider: provider.name })
  }
}
