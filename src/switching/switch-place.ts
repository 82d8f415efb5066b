/**
 * Gives a place of a CLI to an account, or empties it, under the CLI's own locks. Every step is durable before the next:
 * what is replaced is kept, the incoming login belongs to the CLI before its file does, the outgoing ones come back only
 * when theirs is gone. Whoever is cut off in between can be finished or taken back by recover-switches.ts.
 */

import { mkdir } from 'node:fs/promises'
import type { AccountsContext, Actor } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { readPlace } from '../accounts/file-login.ts'
import { observeFile } from '../accounts/observe-file.ts'
import { CredentialError } from '../cli-credentials/credential-error.ts'
import { loginOf } from '../cli-credentials/harvest-login.ts'
import { type PlaceFiles, readPlaceFiles } from '../cli-credentials/place-files.ts'
import { lockPlace } from '../cli-credentials/place-lock.ts'
import { type LoginPlan, planLogin } from '../cli-credentials/plan-login.ts'
import { replaceFile, type WrittenFile } from '../cli-credentials/replace-file.ts'
import type { WritableLogin } from '../cli-credentials/writable-login.ts'
import { noteActivation } from '../db/activation-store.ts'
import type { GrantRow } from '../db/grant-store.ts'
import { SECOND_MS } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'
import { careForWritten } from './aftercare.ts'
import { keepReplaced, recordSwitch, type SwitchRecord } from './backups.ts'
import { machineOf, type ProviderPlace } from './cli-place.ts'
import { handOver, takeBack } from './custody.ts'
import { readHolder } from './incoming.ts'
import { type Harvest, harvest, type Leaving } from './outgoing.ts'
import { type Holder, writableLogin } from './writable-login.ts'

/** A CLI that renews its login holds its locks for as long as the request takes. */
const LOCK_WAIT_MS = 30 * SECOND_MS
/** How often a file may be changed by others between our reading and our writing. */
const TRIES = 5

/** What is to become of a place. */
export interface SwitchRequest extends ProviderPlace {
  /** Whose login is to be there; null: none of an account of ours. */
  accountId: string | null
  actor: Actor
  /** The backup that is put back by it. */
  restores?: string
  /** Another way to the new files than by their keys; for what is put back as it was. */
  plan?: (files: PlaceFiles, login: WritableLogin | null) => LoginPlan
  /** Said no by throwing, when it was seen what is there. */
  refuse?: (found: Harvest) => void | Promise<void>
}

/** What was done. */
export interface Switched {
  record: SwitchRecord
  leaving: Leaving[]
  /** The incoming login as it was written. */
  grant: GrantRow | null
}

/**
 * Switches.
 *
 * Errors: AccountError; CredentialError, whose files are then as they were; StoreError
 */
export async function switchPlace(context: AccountsContext, request: SwitchRequest): Promise<Switched> {
  // A CLI that never ran has no directory yet.
  await mkdir(request.place.directory, { recursive: true, mode: 0o700 }).catch(() => undefined)
  const lock = await lockForSwitch(context, request)
  try {
    for (let tries = 1; ; tries++) {
      try {
        return await switchOnce(context, request)
      } catch (error) {
        const isChanged = error instanceof CredentialError && error.code === 'changed'
        if (!isChanged || tries === TRIES) throw error
      }
    }
  } finally {
    await lock.release()
  }
}

/** The CLI's own locks of a place. Errors: CredentialError lock_busy, lock_unsupported, not_permitted */
export function lockForSwitch(context: AccountsContext, { place }: Pick<SwitchRequest, 'place'>) {
  const { clock, random } = context
  return lockPlace(place, { clock, random, waitMs: LOCK_WAIT_MS, owner: `tokendeck ${process.pid}` })
}

async function switchOnce(context: AccountsContext, request: SwitchRequest): Promise<Switched> {
  const { place, actor } = request
  const files = await readPlaceFiles(place, machineOf(context))
  const found = await harvest(context, request, files, actor)
  await request.refuse?.(found)
  const holder = request.accountId === null ? null : (await readHolder(context, request.accountId)).holder
  const login = holder && (await writableLogin(context, request.provider, holder))
  const plan = (request.plan ?? planLogin)(files, login)
  const record = await recordSwitch(context, request, { files, plan, previousAccountId: found.accountId })
  const grant = holder && (await give(context, request, record, holder))
  const written = await write(context, request, { record, plan, login, grant })
  await settle(context, request, { record, written, grant, leaving: found.leaving })
  return { record, leaving: found.leaving, grant }
}

/** The incoming login belongs to the CLI before its file holds it: nobody may refresh it in between. */
async function give(
  context: AccountsContext,
  { place, actor }: SwitchRequest,
  record: SwitchRecord,
  holder: Holder,
): Promise<GrantRow> {
  const grant = await handOver(context, holder, { path: place.path, actor })
  if (grant) return grant
  await giveUp(context, record, 'not_handed_over')
  throw new AccountError('try_again_later', { retryAt: context.clock.now() + LOCK_WAIT_MS })
}

interface Writing {
  record: SwitchRecord
  plan: LoginPlan
  login: WritableLogin | null
  grant: GrantRow | null
}

async function write(context: AccountsContext, request: SwitchRequest, writing: Writing): Promise<WrittenFile[]> {
  const { place, actor } = request
  const { record, login, grant } = writing
  const written: WrittenFile[] = []
  let { plan } = writing
  for (let tries = 1; ; tries++) {
    try {
      for (const file of plan.files) written.push(await replaceFile(file, machineOf(context)))
      return written
    } catch (error) {
      const isChanged = error instanceof CredentialError && error.code === 'changed'
      if (written.length > 0 && isChanged && tries < TRIES) {
        // The credentials are in their place; the file beside them is one that the CLI rewrites all the time.
        const files = await readPlaceFiles(place, machineOf(context))
        if (holdsLogin(files, login)) {
          plan = (request.plan ?? planLogin)(files, login)
          await keepReplaced(context, record, files, plan)
          continue
        }
      }
      if (written.length > 0) throw await halfDone(context, written, error)
      if (grant) await takeBack(context, grant.accountId, { path: place.path, actor })
      await giveUp(context, record, error instanceof CredentialError ? error.code : 'interrupted')
      throw error
    }
  }
}

/** True when the files hold exactly this login, or none where none is meant to be. */
export function holdsLogin(files: PlaceFiles, login: WritableLogin | null): boolean {
  const held = loginOf(files)
  if (held === null || login === null) return held === null && login === null
  return (
    held.accessToken.reveal() === login.accessToken.reveal() &&
    (held.refreshToken?.reveal() ?? '') === (login.refreshToken?.reveal() ?? '')
  )
}

/** The switch stays open, since one of its files is written: whoever recovers it finishes it. */
async function halfDone(context: AccountsContext, written: WrittenFile[], error: unknown): Promise<unknown> {
  for (const file of written) await file.close()
  context.log.error('switch.half_done', { error: error instanceof Error ? error.name : 'unknown' })
  return error
}

async function giveUp(context: AccountsContext, { activation }: SwitchRecord, failureCode: string): Promise<void> {
  await noteActivation(context.database, activation.id, { failedAt: context.clock.now(), failureCode })
}

interface Done extends Pick<Writing, 'record' | 'grant'> {
  leaving: Leaving[]
  written: WrittenFile[]
}

/**
 * Keeps that the files are written, and brings home the logins that are not in them any more. Doing it twice changes
 * nothing.
 */
async function settle(context: AccountsContext, request: SwitchRequest, { record, written, grant, leaving }: Done) {
  const { place, actor } = request
  const { clock, database } = context
  for (const { accountId, isInFile } of leaving) {
    if (accountId !== grant?.accountId)
      await takeBack(context, accountId, { path: place.path, actor, isSuspect: !isInFile })
  }
  await noteActivation(
    database,
    record.activation.id,
    { writtenAt: clock.now() },
    { written: written.map(({ path, text }) => ({ ...writtenOf(context, path, text), backupId: record.backup.id })) },
  )
  const reading = await readPlace(context, place)
  const holder = grant && (await readHolder(context, grant.accountId)).holder
  await observeFile(context, place, reading, holder?.account ?? null)
  careForWritten(context, request, written, leaving)
}

/** How a file that was written can be told from one that another program wrote since. */
export function writtenOf({ vault }: AccountsContext, path: string, text: Secret | null) {
  return { path, fingerprint: vault.fingerprint('file', text ?? new Secret('')) }
}
