/** Counts the tokens in transcripts of the CLIs on this machine, a bit at a time. Counts only; nothing that was said is kept. */

import { join } from 'node:path'
import type { AccountsContext, Actor } from '../accounts/context.ts'
import { thisMachineId } from '../accounts/machines.ts'
import type { CredentialPlace } from '../cli-credentials/credential-file.ts'
import { profilePlaces } from '../cli-credentials/credential-places.ts'
import { recordAuditEvent } from '../db/audit-store.ts'
import { readSettings, writeSetting } from '../db/settings-store.ts'
import {
  addTranscriptCounts,
  deleteOldTranscripts,
  deleteTranscripts,
  listLoginsOfFiles,
  listTranscriptFiles,
  type TranscriptFileRow,
} from '../db/transcript-store.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../lib/clock.ts'
import { claudeTranscript } from '../transcripts/claude-transcript.ts'
import { codexTranscript } from '../transcripts/codex-transcript.ts'
import { countTranscript, type HourCount } from '../transcripts/count-transcript.ts'
import { type FoundTranscript, findTranscripts } from '../transcripts/find-transcripts.ts'
import type { TranscriptFormat } from '../transcripts/token-count.ts'

const FORMATS: Record<CredentialPlace['cli'], TranscriptFormat> = { claude: claudeTranscript, codex: codexTranscript }

/** What is older says nothing of a window that still runs. */
const KEPT_MS = 35 * DAY_MS
/** Of one run, so that years of transcripts are no burden. */
const MAX_BYTES = 64 * 1024 * 1024
/** Nobody writes into a transcript any more after this. */
const REST_MS = 10 * MINUTE_MS

/** A transcript’s first line is written into it a moment after it was said. */
const BEGINS_MS = MINUTE_MS

const SETTING = 'transcripts'

/** True unless the person does not want transcripts to be counted. Errors: StoreError */
export async function areTranscriptsCounted({ database }: Pick<AccountsContext, 'database'>): Promise<boolean> {
  return (await readSettings(database)).get(SETTING) !== 'off'
}

/** Switches counting on or off; off forgets what was counted on this machine. Errors: StoreError */
export async function setTranscriptsCounted(
  context: Pick<AccountsContext, 'database' | 'clock' | 'machine' | 'events'>,
  isOn: boolean,
  actor: Actor,
): Promise<void> {
  const at = context.clock.now()
  await writeSetting(context.database, SETTING, isOn ? 'on' : 'off', at)
  const details = { names: SETTING }
  await recordAuditEvent(context.database, { at, accountId: null, kind: 'settings.changed', actor, details })
  if (!isOn) await deleteTranscripts(context.database, thisMachineId(context))
  context.events.publish({ type: 'settings.changed' })
}

/** Counts what was written since the last time. Errors: StoreError; a file that cannot be read waits for the next time */
export async function countTranscripts(context: AccountsContext, signal?: AbortSignal): Promise<void> {
  if (!(await areTranscriptsCounted(context))) return
  const { database, clock } = context
  const machineId = thisMachineId(context)
  const now = clock.now()
  const places = distinct([
    ...context.credentialPlaces,
    ...(await profilePlaces(context.profilesDirectory, context.providers.values())),
  ])
  const known = new Map((await listTranscriptFiles(database, machineId)).map((file) => [file.path, file]))
  const logins = new Map((await listLoginsOfFiles(database, machineId)).map(({ path, accountId }) => [path, accountId]))
  const since = await countedUntil(context)
  let left = MAX_BYTES
  for (const place of places) {
    const found = await findTranscripts(join(sessionsOf(place), FORMATS[place.cli].folder), now - KEPT_MS)
    for (const file of found) {
      if (signal?.aborted || left <= 0) return
      const before = known.get(file.path)
      if (!isNew(file, before, { now, growsById: FORMATS[place.cli].growsById })) continue
      const login = logins.get(place.path)
      left -= await countFile(context, {
        place,
        file,
        before,
        accountOf: (at) => (at + HOUR_MS >= since ? login : undefined),
        maxBytes: left,
      })
    }
  }
  await deleteOldTranscripts(database, { machineId, before: now - KEPT_MS })
  await writeSetting(database, untilSetting(machineId), String(now), now)
}

function distinct(places: readonly CredentialPlace[]): CredentialPlace[] {
  return places.filter((place, index) => places.findIndex((other) => sessionsOf(other) === sessionsOf(place)) === index)
}

function sessionsOf({ sessionsDirectory, directory }: CredentialPlace): string {
  return sessionsDirectory ?? directory
}

/** Hours before it were not watched: who was signed in then is not known. */
async function countedUntil(context: AccountsContext): Promise<number> {
  const kept = Number((await readSettings(context.database)).get(untilSetting(thisMachineId(context))))
  return Number.isFinite(kept) && kept > 0 ? kept : context.clock.now()
}

function untilSetting(machineId: string): string {
  return `transcripts_until:${machineId}`
}

function isNew(
  file: FoundTranscript,
  before: TranscriptFileRow | undefined,
  { now, growsById }: { now: number; growsById: boolean },
): boolean {
  if (!before || file.modifiedAt !== before.modifiedAt) return file.size !== (before?.offset ?? 0)
  return growsById && file.size > before.offset && now - file.modifiedAt >= REST_MS
}

interface FileToCount {
  place: CredentialPlace
  file: FoundTranscript
  before: TranscriptFileRow | undefined
  /** Whose login lay beside it in the hour that begins at an instant. */
  accountOf: (at: number) => string | undefined
  maxBytes: number
}

/** Counts one file; gives the bytes that it took. */
async function countFile(
  context: AccountsContext,
  { place, file, before, accountOf, maxBytes }: FileToCount,
): Promise<number> {
  // A file that got shorter is another one: only what is newer than the last look can be new in it.
  const isReplaced = before !== undefined && file.size < before.offset
  const offset = isReplaced ? 0 : (before?.offset ?? 0)
  const notBefore = isReplaced ? before.modifiedAt + 1 : (file.createdAt ?? 0) - BEGINS_MS
  const isAtRest = context.clock.now() - file.modifiedAt >= REST_MS
  const machineId = thisMachineId(context)
  try {
    const format = FORMATS[place.cli]
    const counted = await countTranscript(file.path, { offset, format, isAtRest, maxBytes, notBefore })
    const row = { machineId, path: file.path, provider: place.provider, directory: place.directory }
    await addTranscriptCounts(
      context.database,
      { ...row, offset: counted.offset, modifiedAt: file.modifiedAt },
      counted.hours.map((hour) => hourRow({ machineId, place, accountId: accountOf(hour.at) ?? '' }, hour)),
    )
    return Math.min(maxBytes, file.size - offset)
  } catch (error) {
    if (!isFileError(error)) throw error
    context.log.debug('transcript.not_read', { code: error.code })
    return 0
  }
}

function hourRow(
  { machineId, place, accountId }: { machineId: string; place: CredentialPlace; accountId: string },
  { at, messages, input, cached, output }: HourCount,
) {
  return {
    ...{ machineId, provider: place.provider, directory: place.directory, accountId, at, messages },
    ...{ inputTokens: input, cachedTokens: cached, outputTokens: output },
  }
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}
