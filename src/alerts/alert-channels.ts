/** Where alerts are told beside the page: made, listed, paused, removed. Addresses, commands and keys are kept sealed. */

import { isAbsolute } from 'node:path'
import type { AccountsContext, Actor } from '../accounts/context.ts'
import { thisMachineId } from '../accounts/machines.ts'
import { alertChannelPlace } from '../accounts/sealed-places.ts'
import { namingStoreRefusals } from '../accounts/store-refusals.ts'
import {
  type AlertChannelRow,
  deleteChannel,
  findChannel,
  insertChannel,
  listChannels,
  listLastDeliveries,
  pauseChannel,
} from '../db/alert-channel-store.ts'
import { cleanText } from '../lib/foreign-text.ts'
import { newId } from '../lib/random.ts'
import { Secret } from '../lib/secret.ts'
import { commandWords } from './command-words.ts'
import { type AddressProblem, addressProblem } from './outgoing-address.ts'

/** Ways in which alerts are told outside. */
export const CHANNEL_KINDS = ['webhook', 'ntfy', 'command'] as const
export type ChannelKind = (typeof CHANNEL_KINDS)[number]

export type ChannelProblem =
  | AddressProblem
  | 'no_topic'
  | 'no_command'
  | 'open_quote'
  | 'no_such_program'
  | 'too_long'
  | 'too_many'
  | 'not_found'

/** A channel that cannot be made or used. The words are in messages. */
export class AlertChannelError extends Error {
  override readonly name = 'AlertChannelError'

  constructor(readonly problem: ChannelProblem) {
    super(problem)
  }
}

const MAX_NAME = 60
const MAX_TARGET = 2000
const MOST_CHANNELS = 20
const KEY_BYTES = 32

/** A channel as it is listed: of its target only what tells it from others. Instants in epoch milliseconds. */
export interface AlertChannel {
  id: string
  kind: ChannelKind
  name: string
  /** The host of an address, or the program of a command; null when it cannot be opened any more. */
  hint: string | null
  isPrivateAllowed: boolean
  includesNames: boolean
  isElsewhere: boolean
  createdAt: number
  pausedAt: number | null
  /** How the last delivery went; null before the first. */
  last: {
    deliveredAt: number | null
    gaveUpAt: number | null
    nextTryAt: number | null
    failureCode: string | null
    tries: number
  } | null
}

export interface ChannelRequest {
  kind: ChannelKind
  name: string
  target: string
  isPrivateAllowed: boolean
  includesNames: boolean
  actor: Actor
}

/**
 * Makes a channel.
 *
 * Shape:  → with the key that signs what is sent to a webhook, told this once
 * Errors: AlertChannelError; AccountError store_failed
 */
export function addChannel(
  context: AccountsContext,
  { kind, name, target, isPrivateAllowed, includesNames, actor }: ChannelRequest,
): Promise<{ id: string; signingKey: Secret | null }> {
  return namingStoreRefusals(async () => {
    if (target.length > MAX_TARGET) throw new AlertChannelError('too_long')
    if ((await listChannels(context.database)).length >= MOST_CHANNELS) throw new AlertChannelError('too_many')
    const problem = await targetProblem(context, { kind, target, isPrivateAllowed })
    if (problem !== null) throw new AlertChannelError(problem)
    const id = newId(context.random, 'chn')
    const signingKey =
      kind === 'webhook' ? new Secret(`whsec_${Buffer.from(context.random.bytes(KEY_BYTES)).toString('base64')}`) : null
    const seal = (column: 'target_sealed' | 'signing_key_sealed', secret: Secret) =>
      context.vault.seal(alertChannelPlace(id, column), secret)
    const createdAt = context.clock.now()
    const row: AlertChannelRow = {
      ...{ id, kind, isPrivateAllowed, includesNames, createdAt, pausedAt: null },
      name: cleanText(name, MAX_NAME) || kind,
      targetSealed: seal('target_sealed', new Secret(target)),
      signingKeySealed: signingKey && seal('signing_key_sealed', signingKey),
      // A command is for the machine on which it was typed.
      machineId: kind === 'command' ? thisMachineId(context) : null,
    }
    await insertChannel(context.database, row, event('alert.channel_added', row, { at: createdAt, actor }))
    context.events.publish({ type: 'alerts.changed' })
    return { id, signingKey }
  })
}

async function targetProblem(
  context: AccountsContext,
  { kind, target, isPrivateAllowed }: Pick<ChannelRequest, 'kind' | 'target' | 'isPrivateAllowed'>,
): Promise<ChannelProblem | null> {
  if (kind !== 'command') {
    const problem = addressProblem(target, isPrivateAllowed)
    if (problem !== null) return problem
    const hasTopic = /^\/(?:[^/]+\/)*[\w-]{1,64}\/?$/.test(new URL(target).pathname)
    return kind === 'ntfy' && !hasTopic ? 'no_topic' : null
  }
  const words = commandWords(target)
  if (words === null) return 'open_quote'
  if (words.length === 0) return 'no_command'
  const isFound = isAbsolute(words[0]!) || (await context.programs.find(words[0]!)) !== null
  return isFound ? null : 'no_such_program'
}

function event(
  kind: string,
  channel: Pick<AlertChannelRow, 'id' | 'kind' | 'name'>,
  { at, actor }: { at: number; actor: Actor },
) {
  return { at, accountId: null, kind, actor, details: { channel: channel.id, channel_kind: channel.kind } }
}

/** Every channel, the oldest first. Errors: AccountError store_failed */
export function listAlertChannels(context: AccountsContext): Promise<AlertChannel[]> {
  return namingStoreRefusals(async () => {
    const [rows, deliveries] = await Promise.all([listChannels(context.database), listLastDeliveries(context.database)])
    return rows.map((row) => {
      const { id, name, isPrivateAllowed, includesNames, createdAt, pausedAt, machineId } = row
      const last = deliveries.find(({ channelId }) => channelId === id)
      return {
        ...{ id, name, isPrivateAllowed, includesNames, createdAt, pausedAt },
        kind: row.kind as ChannelKind,
        hint: hintOf(context, row),
        isElsewhere: machineId !== null && machineId !== thisMachineId(context),
        last: last ? lastOf(last) : null,
      }
    })
  })
}

function lastOf({ deliveredAt, gaveUpAt, nextTryAt, failureCode, tries }: NonNullable<AlertChannel['last']>) {
  return { deliveredAt, gaveUpAt, nextTryAt, failureCode, tries }
}

/** An address may hold a secret in its path, a command one among its words: neither is shown again. */
function hintOf(context: AccountsContext, row: AlertChannelRow): string | null {
  const target = channelTarget(context, row)
  if (target === null) return null
  return row.kind === 'command' ? (commandWords(target.reveal())?.[0] ?? null) : new URL(target.reveal()).host
}

/** The address or command of a channel; null when the key that sealed it is gone. */
export function channelTarget(context: AccountsContext, { id, targetSealed }: AlertChannelRow): Secret | null {
  return opened(context, id, 'target_sealed', targetSealed)
}

/** What signs for a webhook; null for other channels. */
export function channelSigningKey(context: AccountsContext, { id, signingKeySealed }: AlertChannelRow): Secret | null {
  return opened(context, id, 'signing_key_sealed', signingKeySealed)
}

function opened(
  context: AccountsContext,
  id: string,
  column: 'target_sealed' | 'signing_key_sealed',
  envelope: string | null,
): Secret | null {
  if (envelope === null) return null
  try {
    return context.vault.open(alertChannelPlace(id, column), envelope)
  } catch {
    // Moved, changed, or sealed by a key that is gone: the channel says so instead of failing the page.
    return null
  }
}

/** A channel by its id. Errors: AlertChannelError not_found */
export async function getChannel(context: AccountsContext, id: string): Promise<AlertChannelRow> {
  const row = await findChannel(context.database, id)
  if (!row) throw new AlertChannelError('not_found')
  return row
}

/** Pauses a channel, or ends that. Errors: AlertChannelError not_found; AccountError store_failed */
export function setChannelPaused(context: AccountsContext, id: string, isPaused: boolean, actor: Actor): Promise<void> {
  return namingStoreRefusals(async () => {
    const row = await getChannel(context, id)
    const now = context.clock.now()
    const kind = isPaused ? 'alert.channel_paused' : 'alert.channel_resumed'
    const change = { pausedAt: isPaused ? now : null, now }
    await pauseChannel(context.database, id, change, event(kind, row, { at: now, actor }))
    context.events.publish({ type: 'alerts.changed' })
  })
}

/** Removes a channel with what waits for it. Errors: AlertChannelError not_found; AccountError store_failed */
export function removeChannel(context: AccountsContext, id: string, actor: Actor): Promise<void> {
  return namingStoreRefusals(async () => {
    const row = await getChannel(context, id)
    await deleteChannel(context.database, id, event('alert.channel_removed', row, { at: context.clock.now(), actor }))
    context.events.publish({ type: 'alerts.changed' })
  })
}
