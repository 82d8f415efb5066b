/** @jsxImportSource #html */
/** The owner's choices and the facts of this installation. */

import { Hono } from 'hono'
import type { AccountsContext } from '../accounts/context.ts'
import { lastKeyRotation, startKeyRotation } from '../accounts/key-rotation-run.ts'
import { listMachines } from '../accounts/machines.ts'
import { changeOtherHomes, getOtherHomes } from '../accounts/other-homes.ts'
import { changeSettings, getSettings } from '../accounts/settings.ts'
import { DAY_MS } from '../lib/clock.ts'
import { areTranscriptsCounted } from '../limits/count-transcripts.ts'
import { isLanguage } from '../messages/languages.ts'
import { listProfiles } from '../switching/profile-list.ts'
import { SettingsPage } from '../views/pages/settings-page.tsx'
import { KEPT_DAYS, type KeyFacts } from '../views/partials/key-panel.tsx'
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
        keyFacts={keyFactsOf(accounts)}
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
  .post('/settings/key-rotations', async (c) => {
    const { keep_days: days, others_are_stopped: stopped } = await formFields(c)
    // Whatever else was sent: what keeps backups readable.
    const kept = KEPT_DAYS.find((each) => each === days) ?? '30'
    await startKeyRotation(c.get('deps').accounts, {
      keepMs: kept === 'always' ? null : Number(kept) * DAY_MS,
      othersAreStopped: stopped === 'yes',
      actor: c.get('actor'),
    })
    return seeOther(c, '/settings#key')
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

function keyFactsOf(context: AccountsContext): KeyFacts {
  const { keyId: id, keySource: source, keyLocation: location } = context.vault
  const [former, run] = [context.keys.former(), lastKeyRotation(context)]
  return { id, source, location, former, run, isShared: !context.isSoleOwner }
}
