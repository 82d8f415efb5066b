/** @jsxImportSource #html */
/** The notice before a restricted sign-in: in the provider's own name, with the ways that this provider has. */

import { expect, test } from 'vitest'
import type { ConsentView } from '../../accounts/consent.ts'
import { LANGUAGES, type Language } from '../../messages/languages.ts'
import { messagesFor } from '../../messages/messages.ts'
import { NOW } from '../../testing/view-data.ts'
import type { ViewContext } from '../view-context.ts'
import { ConsentDialog } from './consent-dialog.tsx'

const CLAUDE: ConsentView = {
  provider: 'claude',
  providerName: 'Claude',
  notice: 'anthropic_terms',
  profileCli: 'claude',
  isGiven: false,
}
const ACME: ConsentView = { ...CLAUDE, provider: 'acme', providerName: 'Acme', notice: 'provider_terms' }

function dialogOf(language: Language, consent: ConsentView): string {
  const t = messagesFor(language)
  const view = { language, t, timeZone: 'UTC', now: NOW } as ViewContext
  const nothing = { method: null, variant: null, accountId: null, label: null }
  return String(<ConsentDialog view={view} consent={consent} {...nothing} />)
}

test.each(LANGUAGES)('a profile is offered only where the provider’s own CLI has one, in %s', (language) => {
  for (const consent of [CLAUDE, ACME]) {
    expect(dialogOf(language, consent)).toContain('value="cli_profile"')
    expect(dialogOf(language, { ...consent, profileCli: null })).not.toContain('cli_profile')
  }
})

test.each(LANGUAGES)('another provider’s notice does not speak of Anthropic, in %s', (language) => {
  expect(dialogOf(language, CLAUDE)).toMatch(/Claude.*Anthropic/s)
  const shown = dialogOf(language, { ...ACME, profileCli: null })
  expect(shown).toContain('Acme')
  expect(shown).not.toMatch(/Claude|Anthropic/)
})
