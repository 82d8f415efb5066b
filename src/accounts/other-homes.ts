/** Other homes in which logins are looked for: named in config.toml, or by the person for this machine. */

import { isAbsolute, resolve } from 'node:path'
import type { CredentialPlace } from '../cli-credentials/credential-file.ts'
import { placesInOtherHomes } from '../cli-credentials/other-homes.ts'
import { recordAuditEvent } from '../db/audit-store.ts'
import { readSettings, writeSetting } from '../db/settings-store.ts'
import type { AccountsContext, Actor } from './context.ts'
import { AccountError } from './errors.ts'
import { thisMachineId } from './machines.ts'

/** More than these are not looked through; a path of more characters is none. */
export const MAX_HOMES = 20
export const MAX_HOME_LENGTH = 1_000

/** The directories that the person named for this machine. Errors: StoreError */
export async function getOtherHomes(context: Pick<AccountsContext, 'database' | 'machine'>): Promise<string[]> {
  const text = (await readSettings(context.database)).get(settingOf(context))
  return text === undefined || text === '' ? [] : text.split('\n')
}

/**
 * Names them anew, all at once.
 *
 * Errors: AccountError `home_invalid` for a path that is not absolute, or too many; StoreError
 */
export async function changeOtherHomes(
  context: AccountsContext,
  homes: readonly string[],
  actor: Actor,
): Promise<string[]> {
  const typed = homes.map((home) => home.trim()).filter((home) => home !== '')
  const wrong = typed.length > MAX_HOMES ? `${typed.length}` : typed.find((home) => !isFine(home))
  if (wrong !== undefined) throw new AccountError('home_invalid', { path: wrong.slice(0, 200) })
  const named = [...new Set(typed.map((home) => resolve(home)))]
  const at = context.clock.now()
  await writeSetting(context.database, settingOf(context), named.join('\n'), at)
  const details = { names: 'homes' }
  await recordAuditEvent(context.database, { at, accountId: null, kind: 'settings.changed', actor, details })
  context.events.publish({ type: 'candidates.changed' })
  return getOtherHomes(context)
}

/** The places of CLIs in every other home. Errors: StoreError */
export async function listOtherPlaces(context: AccountsContext): Promise<CredentialPlace[]> {
  const { configured = [], windowsUsers = [], linuxRoots = [] } = context.otherHomes ?? {}
  const named = [...configured, ...(await getOtherHomes(context))]
  return placesInOtherHomes({ named, windowsUsers, linuxRoots }, context.providers.values())
}

/** Paths are those of one machine, and the database may be that of several. */
function settingOf(context: Pick<AccountsContext, 'machine'>): string {
  return `homes.${thisMachineId(context)}`
}

function isFine(home: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no path that a person typed has one
  return isAbsolute(home) && home.length <= MAX_HOME_LENGTH && !/[\u0000-\u001f]/.test(home)
}
