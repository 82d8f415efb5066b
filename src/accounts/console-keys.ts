/**
 * API keys that a login makes for its organisation: made by an explicit act, shown once, kept under seal only where the
 * person chose so, forgotten here without being deleted there. A key is noted before it is asked for, so that one whose
 * answer is lost does not live unseen.
 */

import { recordAuditEvent } from '../db/audit-store.ts'
import {
  type ConsoleKeyRow,
  changeConsoleKey,
  deleteConsoleKey,
  listConsoleKeyRows,
  noteConsoleKey,
} from '../db/console-key-store.ts'
import type { BackoffShape } from '../lib/backoff.ts'
import { SECOND_MS } from '../lib/clock.ts'
import { isId, newId } from '../lib/random.ts'
import type { Secret } from '../lib/secret.ts'
import { type ApiKeyJudgement, judgeApiKeyAnswer } from '../oauth/api-key-response.ts'
import { OAuthTransportError } from '../oauth/errors.ts'
import type { ApiKeyEndpoint, Provider } from '../oauth/provider.ts'
import { apiKeyRequest } from '../oauth/token-request.ts'
import { because } from '../oauth/transport.ts'
import type { AccountSummary } from './account-summary.ts'
import type { AccountsContext, Actor } from './context.ts'
import { AccountError } from './errors.ts'
import { withFreshToken } from './fresh-token.ts'
import { readLabel } from './label.ts'
import { getAccount } from './list-accounts.ts'
import { consoleKeyPlace } from './sealed-places.ts'
import { namingStoreRefusals, persistently } from './store-refusals.ts'

/** Characters of a key's end that tell it from others. */
const HINT_LENGTH = 4
const WAITS: BackoffShape = { firstMs: 50, factor: 3, maxMs: SECOND_MS, jitter: 0.2 }
const SAVING = { tries: 5, waits: WAITS }

/** A key as it is listed: never the key. */
export interface ConsoleKey {
  id: string
  name: string
  /** Its last characters; empty while it is not known whether it was made. */
  hint: string
  /** True when it can be read here again. */
  isKept: boolean
  /** True when it is not known whether the provider made it. */
  isUncertain: boolean
  /** Epoch milliseconds. */
  createdAt: number
}

/** What an account's page shows of keys; null where its provider has none. */
export interface ConsoleKeys {
  keys: ConsoleKey[]
  /** True when its login may make one. */
  canCreate: boolean
  /** Where keys are looked at and deleted. */
  consoleUrl: string
}

export interface ConsoleKeyRequest {
  name: string
  /** Keep it under seal, to be read here again. */
  keep: boolean
  /** The person was told what a key costs and how long it lives. */
  isConfirmed: boolean
  /** Of the form, so that a form that is sent twice makes one key. */
  id?: string
  actor: Actor
}

/** A key that was just made; this is the only time that it is shown unasked. */
export interface MadeConsoleKey extends ConsoleKey {
  key: Secret
}

/** The keys of an account. Errors: AccountError account_not_found, store_failed */
export async function listConsoleKeys(context: AccountsContext, accountId: string): Promise<ConsoleKeys | null> {
  const account = await getAccount(context, accountId)
  const endpoint = endpointOf(context, account)
  if (!endpoint) return null
  const rows = await namingStoreRefusals(() => listConsoleKeyRows(context.database, accountId))
  return { keys: rows.map(viewKey), canCreate: canCreate(account, endpoint), consoleUrl: endpoint.consoleUrl }
}

/**
 * Makes a key.
 *
 * Errors: AccountError account_not_found, api_keys_not_offered, api_key_not_confirmed, api_key_used, label_invalid,
 *   api_key_refused, api_key_unknown, store_failed (before anything is asked), and those of a fresh token
 */
export async function createConsoleKey(
  context: AccountsContext,
  accountId: string,
  request: ConsoleKeyRequest,
): Promise<MadeConsoleKey> {
  const account = await getAccount(context, accountId)
  const provider = context.providers.get(account.provider)
  const endpoint = provider?.apiKeys
  if (!provider || !endpoint || !canCreate(account, endpoint)) {
    throw new AccountError('api_keys_not_offered', { provider: account.providerName })
  }
  if (!request.isConfirmed) throw new AccountError('api_key_not_confirmed')
  const row = newRow(context, accountId, request)
  const event = (kind: string, code: string | null = null) => {
    const details = { key: row.id, name: row.name, kept: request.keep, code }
    return { at: context.clock.now(), accountId, kind, actor: request.actor, details }
  }
  const isNew = await namingStoreRefusals(() => noteConsoleKey(context.database, row, event('console_key.asked')))
  if (!isNew) throw new AccountError('api_key_used')
  const judgement = await ask(context, provider, accountId, request.actor).catch(async (error: unknown) => {
    // There was no token to ask with.
    if (error instanceof AccountError) await forgetNote(context, row.id, event('console_key.refused', error.code))
    throw error
  })
  switch (judgement.kind) {
    case 'made':
      return keep(context, row, judgement.key, request, event('console_key.created'))
    case 'unknown':
      await recordAuditEvent(context.database, event('console_key.unknown', judgement.code)).catch(() => {})
      throw new AccountError('api_key_unknown', {
        provider: provider.name,
        failureCode: judgement.code,
        url: endpoint.consoleUrl,
      })
    case 'rejected_token':
      await forgetNote(context, row.id, event('console_key.refused', judgement.kind))
      throw new AccountError('reauthorization_required', { account: accountId })
    case 'refused': {
      const { code, detail } = judgement
      await forgetNote(context, row.id, event('console_key.refused', code))
      const quoted = detail === null ? '' : `“${detail}”`
      throw new AccountError('api_key_refused', { provider: provider.name, failureCode: code, detail: quoted })
    }
  }
}

/**
 * A kept key, open. It is in the history before it is handed out.
 *
 * Errors: AccountError api_key_not_found, api_key_not_kept, store_failed
 */
export async function readConsoleKey(
  context: AccountsContext,
  accountId: string,
  id: string,
  actor: Actor,
): Promise<MadeConsoleKey> {
  const row = await requireKey(context, accountId, id)
  if (row.keySealed === null) throw new AccountError('api_key_not_kept')
  const key = context.vault.open(consoleKeyPlace(id), row.keySealed)
  const details = { key: id, name: row.name }
  const event = { at: context.clock.now(), accountId, kind: 'console_key.read', actor, details }
  await namingStoreRefusals(() => recordAuditEvent(context.database, event))
  return { ...viewKey(row), key }
}

/**
 * Forgets a key here. It goes on working until it is deleted in the Console.
 *
 * Errors: AccountError api_key_not_found, store_failed
 */
export async function forgetConsoleKey(
  context: AccountsContext,
  accountId: string,
  id: string,
  actor: Actor,
): Promise<void> {
  const row = await requireKey(context, accountId, id)
  const at = context.clock.now()
  const event = { at, accountId, kind: 'console_key.forgotten', actor, details: { key: id, name: row.name } }
  await namingStoreRefusals(() => changeConsoleKey(context.database, id, { keySealed: null, forgottenAt: at }, event))
  context.events.publish({ type: 'account.changed', accountId })
}

function endpointOf(context: AccountsContext, account: AccountSummary): ApiKeyEndpoint | null {
  return context.providers.get(account.provider)?.apiKeys ?? null
}

function canCreate(account: AccountSummary, endpoint: ApiKeyEndpoint): boolean {
  return account.scopes.includes(endpoint.scope) && account.login.status !== 'sign_in_again'
}

function newRow(context: AccountsContext, accountId: string, request: ConsoleKeyRequest): ConsoleKeyRow {
  const name = readLabel(request.name)
  if (name === null || name !== request.name.trim()) throw new AccountError('label_invalid')
  const id = request.id !== undefined && isId(request.id, 'key') ? request.id : newId(context.random, 'key')
  return { id, accountId, name, hint: '', keySealed: null, createdAt: context.clock.now(), forgottenAt: null }
}

async function ask(
  context: AccountsContext,
  provider: Provider,
  accountId: string,
  actor: Actor,
): Promise<ApiKeyJudgement> {
  let judgement: ApiKeyJudgement = { kind: 'rejected_token' }
  await withFreshToken(context, accountId, actor, async (token) => {
    try {
      const answer = await context.transport.send(because(apiKeyRequest(provider, token), { accountId }))
      judgement = judgeApiKeyAnswer(provider, answer)
    } catch (error) {
      if (!(error instanceof OAuthTransportError)) throw error
      judgement = error.maybeSent
        ? { kind: 'unknown', code: error.code }
        : { kind: 'refused', code: error.code, detail: null }
    }
    return judgement.kind
  })
  return judgement
}

/** A key that cannot be kept is shown all the same: nobody can get it a second time. */
async function keep(
  context: AccountsContext,
  row: ConsoleKeyRow,
  key: Secret,
  request: ConsoleKeyRequest,
  event: Parameters<typeof changeConsoleKey>[3],
): Promise<MadeConsoleKey> {
  const hint = key.reveal().slice(-HINT_LENGTH)
  const keySealed = request.keep ? context.vault.seal(consoleKeyPlace(row.id), key) : null
  const isSaved = await persistently(context, SAVING, () =>
    changeConsoleKey(context.database, row.id, { hint, keySealed }, event),
  ).then(
    () => true,
    () => false,
  )
  if (!isSaved) context.log.error('console_key.not_saved', { account: row.accountId, key: row.id })
  context.events.publish({ type: 'account.changed', accountId: row.accountId })
  return { ...viewKey({ ...row, hint, keySealed: isSaved ? keySealed : null }), key }
}

/** A note that stays behind says that a key may have been made: the safe side. */
async function forgetNote(
  context: AccountsContext,
  id: string,
  event: Parameters<typeof deleteConsoleKey>[2],
): Promise<void> {
  await deleteConsoleKey(context.database, id, event).catch(() =>
    context.log.error('console_key.not_saved', { key: id }),
  )
}

async function requireKey(context: AccountsContext, accountId: string, id: string): Promise<ConsoleKeyRow> {
  const rows = await namingStoreRefusals(() => listConsoleKeyRows(context.database, accountId))
  const row = rows.find((each) => each.id === id)
  if (!row) throw new AccountError('api_key_not_found')
  return row
}

function viewKey({ id, name, hint, keySealed, createdAt }: ConsoleKeyRow): ConsoleKey {
  return { id, name, hint, isKept: keySealed !== null, isUncertain: hint === '', createdAt }
}
