/** @jsxImportSource #html */
/** Who uses a login's file: named, nobody, or not known where the system shows no programs; never “nobody” for “not known”. */

import { describe, expect, test } from 'vitest'
import { LANGUAGES, type Language } from '../../messages/languages.ts'
import { messagesFor } from '../../messages/messages.ts'
import type { ProfileView } from '../../switching/profile-list.ts'
import { aCandidate, NOW } from '../../testing/view-data.ts'
import { ProfileRemovalDialog } from '../dialogs/profile-dialogs.tsx'
import type { ViewContext } from '../view-context.ts'
import { CandidateList } from './candidate-list.tsx'
import { ProfileList } from './profile-list.tsx'

type Users = string[] | null

function aView(language: Language): ViewContext {
  const assets = { css: '/assets/app.css', js: '/assets/app.js', icon: '/assets/icon.svg' }
  const shown = { theme: 'system' as const, isMasked: false, now: NOW, timeZone: 'UTC', path: '/' }
  return { language, t: messagesFor(language), nonce: 'N', csrfToken: 'CSRF-FAKE', ...shown, assets, version: '0' }
}

function aProfile(usedBy: Users): ProfileView {
  const holder = { accountId: 'acc_1', accountName: 'Work', identity: 'ada@example.com', isHolder: true }
  const place = { provider: 'claude', providerName: 'Claude', directory: '/p/one', path: '/p/one/.credentials.json' }
  return { id: 'prf_1', ...place, ...holder, state: 'live', usedBy, shared: [], createdAt: NOW }
}

describe.each(LANGUAGES)('in %s', (language) => {
  const view = aView(language)
  const { imports, profiles } = view.t
  const candidate = (usedBy: Users) =>
    String(<CandidateList view={view} candidates={[aCandidate({ usedBy })]} providerName={(id) => id} />)
  const list = (usedBy: Users) => String(<ProfileList view={view} profiles={[aProfile(usedBy)]} />)
  const removal = (usedBy: Users) =>
    String(
      <ProfileRemovalDialog view={view} removal={{ profile: aProfile(usedBy), login: 'none', files: 1, bytes: 1 }} />,
    )

  test('a file that could be imported', () => {
    expect(candidate(null)).toContain(imports.usersUnknown)
    expect(candidate([])).not.toContain(imports.usersUnknown)
    expect(candidate(['claude (7)'])).toContain(imports.usedBy('claude (7)'))
  })

  test('a profile, and the question whether it is to be removed', () => {
    expect(list(null)).toContain(profiles.usersUnknown)
    expect(list([])).not.toContain(profiles.usersUnknown)
    expect(list(['claude (7)'])).toContain(profiles.usedBy('claude (7)'))
    expect(removal(null)).toContain(profiles.mayBeInUse)
    expect(removal([])).not.toContain('data-tone="warn"')
    expect(removal(['claude (7)'])).toContain(profiles.inUse('claude (7)'))
  })
})
