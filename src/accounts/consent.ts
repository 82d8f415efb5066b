/** The owner's recorded "I understand" for providers whose published terms restrict signing in inside another program. */

import { readSettings, writeSetting } from '../db/settings-store.ts'
import type { Provider, SignInMethod, SignInNotice } from '../oauth/provider.ts'
import { requireProvider } from './authorization-view.ts'
import type { AccountsContext, Actor } from './context.ts'
import { AccountError } from './errors.ts'

export type { SignInNotice }

/** What a person is told before a sign-in that the provider's terms restrict. No consent is wanting once it was given. */
export interface ConsentView {
  provider: string
  providerName: string
  /** Null where nothing restricts it. */
  notice: SignInNotice | null
  /** The provider's own CLI, where it can sign in inside a profile; null where there is no such way. */
  profileCli: string | null
  isGiven: boolean
}

const settingName = (providerId: string) => `consent:${providerId}`

/** The notice of every provider, in their order. */
export async function listConsents(context: AccountsContext): Promise<ConsentView[]> {
  const settings = await readSettings(context.database)
  return [...context.providers.values()].map((provider) => consentOf(provider, settings))
}

/** The notice of a provider, and whether it was agreed to here. Errors: AccountError `unknown_provider` */
export async function viewConsent(context: AccountsContext, providerId: string): Promise<ConsentView> {
  return consentOf(requireProvider(context, providerId), await readSettings(context.database))
}

function consentOf(provider: Provider, settings: ReadonlyMap<string, string>): ConsentView {
  return {
    provider: provider.id,
    providerName: provider.name,
    notice: provider.signInNotice,
    profileCli: provider.methods.includes('cli_profile') ? provider.cli : null,
    isGiven: settings.has(settingName(provider.id)),
  }
}

/** True when the provider asks for none, or it was given. Errors: AccountError `unknown_provider` */
export async function hasConsent(context: AccountsContext, providerId: string): Promise<boolean> {
  const { notice, isGiven } = await viewConsent(context, providerId)
  return notice === null || isGiven
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
