/**
 * Gives the installation a new key and seals everything anew with it, while everything goes on. Cut off anywhere, it is
 * taken up again: both keys open until nothing is left that the old one sealed. Knows no place where a key is kept.
 */

import { recordAuditEvent } from '../db/audit-store.ts'
import { deleteCopiesHolding } from '../db/database-copy.ts'
import { listMachineRows } from '../db/machine-store.ts'
import {
  countSealedRows,
  emptyWriteAheadLog,
  listSealedRows,
  replaceEnvelopes,
  SEALED_COLUMNS,
  type SealedColumnName,
  type SealedRow,
} from '../db/sealed-row-store.ts'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { codeOf } from '../lib/private-file.ts'
import { EnvelopeError } from '../vault/envelope.ts'
import { KeyRefusal } from '../vault/key-refusal.ts'
import type { AccountsContext, Actor } from './context.ts'
import { AccountError } from './errors.ts'
import { resealSpool } from './reseal-spool.ts'
import { placeOf } from './sealed-places.ts'
import { namingStoreRefusals, type Persistence, persistently } from './store-refusals.ts'

/** Few enough that a refresh which ends meanwhile waits a few milliseconds at most. */
const ROWS_PER_COMMIT = 100
/** Longer than a refresh can hold its grant. */
const LEASES_MS = MINUTE_MS
const LOOK_AGAIN_MS = 250
/** Longer than any login lives without a refresh. */
const MACHINE_GONE_MS = 90 * DAY_MS
const WRITING: Persistence = { tries: 4, waits: { firstMs: 50, factor: 2, maxMs: SECOND_MS, jitter: 0.2 } }

/** What came of sealing anew what one key had sealed. */
interface Resealing {
  resealed: number
  /** Still sealed by the old key: being refreshed all the while, or unreadable. */
  left: number
  /** Of those, the ones that no key opens. */
  unreadable: number
}

export interface KeyRotation extends Resealing {
  /** Public names of the keys. */
  from: string
  to: string
  /** True when this was the rest of a rotation that had been cut off: no new key was made. */
  isResumed: boolean
  /** The old key is destroyed at a start after this, epoch milliseconds; null: it is kept. */
  oldKeyKeptUntil: number | null
}

export interface RotationChoice {
  /** How long the old key is kept for backups; null: until somebody destroys it. */
  keepMs: number | null
  /** For a database that several machines share: the others are not running. */
  othersAreStopped: boolean
  actor: Actor
}

const underWay = new WeakSet<AccountsContext['keys']>()
/** What finishes former rotations now: short, and nobody's act, so that who rotates waits for it. */
const finishing = new WeakMap<AccountsContext['keys'], Promise<void>>()

/**
 * Rotates the key; or finishes a rotation that was cut off, and leaves it at that.
 *
 * Errors: AccountError `key_rotation_under_way`, `key_rotation_shared`, `key_rotation_refused`, `store_failed`
 */
export async function rotateKey(context: AccountsContext, choice: RotationChoice): Promise<KeyRotation> {
  // Another machine would go on sealing with a key that it alone still takes for the present one.
  if (!context.isSoleOwner && !choice.othersAreStopped) throw new AccountError('key_rotation_shared')
  await finishing.get(context.keys)
  return exclusively(context, async () => {
    for (const former of context.keys.former().filter(({ emptiedAt }) => emptiedAt === null)) {
      const rest = await reseal(context, former.id)
      const names = { from: former.id, to: context.vault.keyId }
      if (rest.resealed > 0) return { ...names, ...rest, isResumed: true, oldKeyKeptUntil: former.keepUntil }
    }
    const now = context.clock.now()
    const keepUntil = choice.keepMs === null ? null : now + choice.keepMs
    const { from, to } = await context.keys.addKey({ keepUntil })
    const { actor } = choice
    await recordAuditEvent(context.database, {
      at: now,
      accountId: null,
      kind: 'key.rotated',
      actor,
      details: { from, to },
    })
    return { from, to, ...(await reseal(context, from)), isResumed: false, oldKeyKeptUntil: keepUntil }
  })
}

/**
 * Finishes what a former process could not: seals anew what old keys sealed. At a start it also destroys the old keys whose
 * time is over, but for those that were replaced since `startedAt`: a running process may still hold an envelope that it
 * made a moment ago.
 *
 * Units:  startedAt in epoch milliseconds
 * Errors: AccountError as rotateKey
 */
export async function finishKeyRotations(
  context: AccountsContext,
  { isStart, startedAt = Number.POSITIVE_INFINITY }: { isStart: boolean; startedAt?: number },
): Promise<void> {
  if (context.keys.former().length === 0 || underWay.has(context.keys)) return
  const finished = exclusively(context, async () => {
    for (const { id, keepUntil, retiredAt } of context.keys.former()) {
      const { left } = await reseal(context, id)
      const now = context.clock.now()
      if (!isStart || retiredAt >= startedAt || left > 0 || keepUntil === null || keepUntil > now) continue
      if (resealSpool(context, id) > 0 || (await isNeededElsewhere(context, retiredAt))) continue
      const copies = await deleteCopiesSealedBy(context, id)
      if (copies === null) continue
      context.answerSpool?.removeDraftsSealedBy(id)
      await context.keys.destroy(id)
      const details = { key: id, copies: copies.length }
      const event = { at: now, accountId: null, kind: 'key.destroyed', actor: 'startup', details }
      await recordAuditEvent(context.database, event)
      await forgetOverwritten(context)
    }
  })
  const settled = finished.catch(() => {})
  finishing.set(context.keys, settled)
  await finished
}

/**
 * True while another machine may hold answers in its spool that the key sealed: it has not been here since the key was
 * replaced. A machine that is here has sealed its spool anew; one that was not seen for months is taken for gone.
 */
async function isNeededElsewhere({ database, machine, clock }: AccountsContext, retiredAt: number): Promise<boolean> {
  const gone = clock.now() - MACHINE_GONE_MS
  const machines = await listMachineRows(database)
  return machines.some(({ id, lastSeenAt }) => id !== machine?.id && lastSeenAt <= retiredAt && lastSeenAt > gone)
}

/**
 * Takes away the whole copies of the database in which anything is sealed by a key that is about to be destroyed: nothing
 * reads them after that, and what is of no use shall not lie about.
 *
 * Shape:  → the names of those that are gone; null when they cannot be had, and the key must wait
 */
async function deleteCopiesSealedBy(
  { copiesDirectory, log }: AccountsContext,
  keyId: string,
): Promise<string[] | null> {
  if (copiesDirectory === undefined) return []
  try {
    const names = await deleteCopiesHolding(copiesDirectory, `v1.${keyId}.`)
    if (names.length > 0) log.info('key.copies_deleted', { key: keyId, copies: names.length })
    return names
  } catch (error) {
    log.warn('key.copies_not_deleted', { key: keyId, error: codeOf(error) })
    return null
  }
}

async function exclusively<T>(context: AccountsContext, run: () => Promise<T>): Promise<T> {
  if (underWay.has(context.keys)) throw new AccountError('key_rotation_under_way')
  underWay.add(context.keys)
  try {
    return await namingStoreRefusals(run)
  } catch (error) {
    throw error instanceof KeyRefusal ? new AccountError('key_rotation_refused', { detail: error.message }) : error
  } finally {
    underWay.delete(context.keys)
  }
}

/** Seals anew what a key sealed, until nothing is left, or only what is not to be had. */
async function reseal(context: AccountsContext, keyId: string): Promise<Resealing> {
  const { clock, database, keys } = context
  const deadline = clock.monotonic() + LEASES_MS
  const done: Resealing = { resealed: 0, left: 0, unreadable: 0 }
  for (;;) {
    const pass = await resealOnce(context, keyId)
    done.resealed += pass.resealed
    done.unreadable = pass.unreadable
    done.left = await countSealedRows(database, keyId)
    if (done.left <= done.unreadable || clock.monotonic() >= deadline) break
    // What was changed under our hands is looked at again at once; who is being refreshed, in a moment.
    if (pass.resealed === 0) await clock.sleep(LOOK_AGAIN_MS)
  }
  const isNoted = keys.former().find(({ id }) => id === keyId)?.emptiedAt !== null
  if (done.left === 0 && !isNoted) await keys.markEmptied(keyId)
  resealSpool(context, keyId)
  if (done.resealed > 0) await forgetOverwritten(context)
  return done
}

async function resealOnce(context: AccountsContext, keyId: string): Promise<Omit<Resealing, 'left'>> {
  const pass = { resealed: 0, unreadable: 0 }
  for (const column of SEALED_COLUMNS) {
    for (let after = ''; ; ) {
      const rows = await listSealedRows(context.database, column, { keyId, after, limit: ROWS_PER_COMMIT })
      if (rows.length === 0) break
      after = rows.at(-1)!.key
      const changes = rows.flatMap((row) => {
        const envelope = sealedAnew(context, column, row)
        return envelope === null ? [] : [{ row, envelope }]
      })
      pass.unreadable += rows.length - changes.length
      pass.resealed += await persistently(context, WRITING, () => replaceEnvelopes(context.database, column, changes))
    }
  }
  return pass
}

/** Null for an envelope that does not open: it is left as it is, and its key is kept. */
function sealedAnew({ vault }: AccountsContext, column: SealedColumnName, row: SealedRow): string | null {
  const place = placeOf(column, row)
  try {
    return vault.seal(place, vault.open(place, row.envelope))
  } catch (error) {
    if (error instanceof EnvelopeError) return null
    throw error
  }
}

async function forgetOverwritten({ database, isSoleOwner }: AccountsContext): Promise<void> {
  if (isSoleOwner) await emptyWriteAheadLog(database)
}
