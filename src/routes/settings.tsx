/** @jsxImportSource #html */
/** The owner's choices and the facts of this installation. */

import { Hono } from 'hono'
import { listMachines } from '../accounts/machines.ts'
import { changeOtherHomes, getOtherHomes } from '../accounts/other-homes.ts'
import { changeSettings, getSettings } from '../accounts/settings.ts'
import { areTranscriptsCounted } from '../limits/count-transcripts.ts'
import { isLanguage } from '../messages/languages.ts'
import { listProfiles } from '../switching/profile-list.ts'
import { SettingsPage } from '../views/pages/settings-page.tsx'
import type { AppEnvironment } from './dependencies.ts'
import { formFields, frameOf } from './page-parts.tsx'
import { respondPage, seeOther, viewOf } from './respond.tsx'
import { safePath } from './safe-path.ts'

const THEMES = ['system', 'light', 'dark'] as const

export const settingsRoutes = new Hono<AppEnvironment>()
  .get('/settings', async (c) => {
    const { accounts, access, about } = c.get('deps')
    const [settings, sessions, machines, frame] = await Promise.all([
      getSettings(accounts),
      access.listSessions(),
      listMachines(accounts),
      frameOf(c),
    ])
    const thisId = c.get('session')?.id
    const countsTranscripts = await areTranscriptsCounted(accounts)
    return await respondPage(
      c,
      <SettingsPage
        view={viewOf(c)}
        frame={frame}
        language={settings.language}
        providers={[...accounts.providers.values()]}
        keyFacts={{ id: accounts.vault.keyId, source: accounts.vault.keySource, location: accounts.vault.keyLocation }}
        sessions={sessions.map((session) => ({ ...session, isThis: session.id === thisId }))}
        machines={machines}
        profiles={await listProfiles(accounts)}
        homes={await getOtherHomes(accounts)}
        about={about}
        countsTranscripts={countsTranscripts}
      />,
    )
  })
  .post('/settings/homes', async (c) => {
    const { homes = '' } = await formFields(c)
    await changeOtherHomes(c.get('deps').accounts, homes.split(/\r?\n/), c.get('actor'))
    return seeOther(c, '/settings?done=settings_saved')
  })
  .post('/settings', async (c) => {
    const fields = await formFields(c)
    const changes: Parameters<typeof changeSettings>[1] = {}
    if (fields.language !== undefined) changes.language = isLanguage(fields.language) ? fields.language : null
    const theme = THEMES.find((each) => each === fields.theme)
    if (theme) changes.theme = theme
    if (fields.masked !== undefined) changes.isMasked = fields.masked === 'yes'
    await changeSettings(c.get('deps').accounts, changes, c.get('actor'))
    return seeOther(c, fields.return_to ? safePath(fields.return_to) : '/settings?done=settings_saved')
  })
