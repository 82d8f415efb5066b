/**
 * Gives a place of a CLI to an account, or empties it, under the CLI's own locks. Every step is durable before the next:
 * what is replaced is kept, the incoming login belongs to the CLI before its file does, the outgoing ones come back only
 * when theirs is gone. Whoever is cut off in between can be finished or taken back by recover-switches.ts.
 */

import { mkdir } from 'node:fs/promises'
import type { AccountsContext, Actor } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { machineOf, readPlace } from '../accounts/file-login.ts'
import { observeFile } from '../accounts/observe-file.ts'
import { CredentialError } from '../cli-credentials/credential-error.ts'
import { loginOf } from '../cli-credentials/harvest-login.ts'
import { type PlaceFiles, readPlaceFiles } from '../cli-credentials/place-files.ts'
import { type CredentialLock, lockPlace } from '../cli-credentials/place-lock.ts'
import { type LoginPlan, planLogin } from '../cli-credentials/plan-login.ts'
import { replaceFile, type WrittenFile } from '../cli-credentials/replace-file.ts'
import type { WritableLogin } from '../cli-credentials/writable-login.ts'
import { noteActivation, settleActivation } from '../db/activation-store.ts'
import type { CustodyMove } from '../db/custody-store.ts'
import type { GrantRow } from '../db/grant-store.ts'
import { MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'
import { careForWritten } from './aftercare.ts'
import { awaitRenewal } from './await-renewal.ts'
import { keepReplaced, recordSwitch, type SwitchRecord } from './backups.ts'
import type { ProviderPlace } from './cli-place.ts'
import { afterMove, handingOver, takeBack, takingBack, tellMoved } from './custody.ts'
import { type Incoming, readHolder } from './incoming.ts'
import { type Harvest, harvest, type Leaving } from './outgoing.ts'
import { type Holder, sealedMembers, writableLogin } from './writable-login.ts'

/** A CLI that renews its login holds its locks for as long as the request takes. */
const LOCK_WAIT_MS = 30 * SECOND_MS
/** Where other processes may share the database, a switch counts as left behind only after this. */
export const LEFT_AFTER_MS = 3 * MINUTE_MS
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
  /** Said no by throwing, when it was seen what is there and who is to come. */
  refuse?: (found: Harvest, incoming: Incoming | null) => void
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
  const mayBeSpent = await awaitRenewal(context, request)
  for (let tries = 1; ; tries++) {
    const lock = await lockForSwitch(context, request)
    try {
      return await switchOnce(context, request, lock, mayBeSpent)
    } catch (error) {
      const { code } = error instanceof CredentialError ? error : { code: null }
      if ((code !== 'changed' && code !== 'lock_lost') || tries === TRIES) throw error
    } finally {
      await lock.release()
    }
  }
}

/** The CLI's own locks of a place. Errors: CredentialError lock_busy, lock_unsupported, not_permitted */
export function lockForSwitch(context: AccountsContext, { place }: Pick<SwitchRequest, 'place'>) {
  const { clock, random } = context
  return lockPlace(place, { clock, random, waitMs: LOCK_WAIT_MS, owner: `tokendeck ${process.pid}` })
}

async function switchOnce(
  context: AccountsContext,
  request: SwitchRequest,
  lock: CredentialLock,
  mayBeSpent: boolean,
): Promise<Switched> {
  const { place, actor } = request
  const files = await readPlaceFiles(place, machineOf(context))
  const found = await harvest(context, request, files, actor)
  const incoming = request.accountId === null ? null : await readHolder(context, request.accountId)
  request.refuse?.(found, incoming)
  const holder = incoming?.holder ?? null
  const login = holder && (await writableLogin(context, request.provider, holder, found.members))
  const plan = (request.plan ?? planLogin)(files, login)
  const { record, grant } = await begin(context, request, { files, plan, found, holder })
  const written = await write(context, request, { record, plan, login, grant, lock })
  await settle(context, request, { record, written, grant, leaving: found.leaving, holder, mayBeSpent })
  return { record, leaving: found.leaving, grant }
}

interface Beginning {
  files: PlaceFiles
  plan: LoginPlan
  found: Harvest
  holder: Holder | null
}

/** The incoming login belongs to the CLI before its file holds it: nobody may refresh it in between. */
async function begin(
  context: AccountsContext,
  request: SwitchRequest,
  { files, plan, found, holder }: Beginning,
): Promise<{ record: SwitchRecord; grant: GrantRow | null }> {
  const busy = () => new AccountError('try_again_later', { retryAt: context.clock.now() + LOCK_WAIT_MS })
  const handOver = holder && handingOver(context, holder, { path: request.place.path, actor: request.actor })
  if (holder && !handOver) throw busy()
  const { record, isHandedOver } = await recordSwitch(context, request, {
    ...{ files, plan, handOver, previousAccountId: found.accountId },
    members: found.members && sealedMembers(context, found.members),
  })
  if (!isHandedOver) {
    await giveUp(context, record, 'not_handed_over')
    throw busy()
  }
  if (handOver) tellMoved(context, handOver)
  return { record, grant: holder && handOver && afterMove(holder.grant, handOver) }
}

interface Writing {
  record: SwitchRecord
  plan: LoginPlan
  login: WritableLogin | null
  grant: GrantRow | null
  lock: CredentialLock
}

async function write(context: AccountsContext, request: SwitchRequest, writing: Writing): Promise<WrittenFile[]> {
  const { place, actor } = request
  const { record, login, grant, lock } = writing
  const written: WrittenFile[] = []
  let { plan } = writing
  for (let tries = 1; ; tries++) {
    try {
      if (written.length === 0) await refuseLost(lock)
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

/**
 * A process that slept longer than a lock lives has none when it wakes: a CLI may have renewed its login meanwhile.
 *
 * Errors: CredentialError lock_lost
 */
export async function refuseLost(lock: CredentialLock): Promise<void> {
  if (!(await lock.stillHeld())) throw new CredentialError('lock_lost', lock.paths[0]!, 'taken_over')
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

/**
 * The switch stays open, since one of its files is written: whoever recovers it finishes it. Doing it anew would take it
 * for another one.
 */
async function halfDone(context: AccountsContext, written: WrittenFile[], error: unknown): Promise<AccountError> {
  for (const file of written) await file.close()
  context.log.error('switch.half_done', { error: error instanceof CredentialError ? error.code : 'unknown' })
  return new AccountError('try_again_later', { retryAt: context.clock.now() + LEFT_AFTER_MS })
}

async function giveUp(context: AccountsContext, { activation }: SwitchRecord, failureCode: string): Promise<void> {
  await noteActivation(context.database, activation.id, { failedAt: context.clock.now(), failureCode })
}

interface Done extends Pick<Writing, 'record' | 'grant'> {
  leaving: Leaving[]
  written: WrittenFile[]
  holder: Holder | null
  /** The CLI may have renewed what was in its file, and nobody saw the answer. */
  mayBeSpent: boolean
}

/**
 * Keeps that the files are written, and brings home the logins that are not in them any more. Doing it twice changes
 * nothing.
 */
async function settle(
  context: AccountsContext,
  request: SwitchRequest,
  { record, written, grant, leaving, holder, mayBeSpent }: Done,
): Promise<void> {
  const { place, actor } = request
  const { clock, database } = context
  const takeBacks: CustodyMove[] = []
  for (const { accountId, isInFile } of leaving) {
    if (accountId === grant?.accountId) continue
    const move = await takingBack(context, accountId, { path: place.path, actor, isSuspect: !isInFile || mayBeSpent })
    if (move) takeBacks.push(move)
  }
  const isBack = await settleActivation(database, record.activation.id, {
    writtenAt: clock.now(),
    written: written.map(({ path, text }) => ({ ...writtenOf(context, path, text), backupId: record.backup.id })),
    takeBacks,
  })
  for (const [index, move] of takeBacks.entries()) if (isBack[index]) tellMoved(context, move)
  const reading = await readPlace(context, place)
  await observeFile(context, place, reading, holder?.account ?? null)
  careForWritten(context, request, written, leaving)
}

/** How a file that was written can be told from one that another program wrote since. */
export function writtenOf({ vault }: AccountsContext, path: string, text: Secret | null) {
  return { path, fingerprint: vault.fingerprint('file', text ?? new Secret('')) }
}
