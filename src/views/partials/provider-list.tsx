/** @jsxImportSource #html */
/** Providers and their endpoints, for reading only. */

import { FactList } from '../ui/fact-list.tsx'
import type { ViewContext } from '../view-context.ts'

export interface ProviderFacts {
  id: string
  name: string
  clientId: string
  authorizationUrl: string
  tokenUrl: string
  revocationUrl: string | null
  profileUrl: string | null
}

export function ProviderList({ view, providers }: { view: ViewContext; providers: readonly ProviderFacts[] }) {
  const { settings } = view.t
  return (
    <section class="panel settings__wide" aria-labelledby="providers-title">
      <h2 id="providers-title" class="panel__title">
        {settings.providers}
      </h2>
      <p class="quiet">{settings.providersHint}</p>
      <div class="provider-facts">
        {providers.map((provider) => (
          <div>
            <h3 class="provider-facts__name">{provider.name}</h3>
            <FactList
              rows={[
                [settings.endpoint.client, provider.clientId || '—'],
                [settings.endpoint.authorization, provider.authorizationUrl],
                [settings.endpoint.token, provider.tokenUrl],
                [settings.endpoint.revocation, provider.revocationUrl ?? '—'],
                [settings.endpoint.profile, provider.profileUrl ?? '—'],
              ]}
            />
          </div>
        ))}
      </div>
    </section>
  )
}
