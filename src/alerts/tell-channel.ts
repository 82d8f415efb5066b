/** Tells one alert to one channel, once. How often, and what to do when it fails, it does not know. */

import { isAbsolute } from 'node:path'
import { type AccountSummary, accountName } from '../accounts/account-summary.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { getSettings } from '../accounts/settings.ts'
import type { AlertChannelRow } from '../db/alert-channel-store.ts'
import type { AlertRow } from '../db/alert-store.ts'
import { SECOND_MS } from '../lib/clock.ts'
import { channelSigningKey, channelTarget } from './alert-channels.ts'
import { type AlertMessage, commandEnvironment, ntfyRequest, webhookRequest } from './alert-message.ts'
import { commandWords } from './command-words.ts'
import { type SendOutcome, sendOutside } from './send-outside.ts'

const COMMAND_DEADLINE_MS = 30 * SECOND_MS

/** The part of an alert that is told. */
export type ToldAlert = Pick<
  AlertRow,
  'id' | 'kind' | 'provider' | 'accountId' | 'windowId' | 'threshold' | 'at' | 'details'
>

/** Tells it. Errors: StoreError, AccountError; a failure of the channel is an outcome */
export async function tellChannel(
  context: AccountsContext,
  channel: AlertChannelRow,
  alert: ToldAlert,
  signal?: AbortSignal,
): Promise<SendOutcome> {
  const { telling } = context
  const target = channelTarget(context, channel)
  if (!telling) return { isSent: false, code: 'not_available', isFinal: true }
  if (target === null) return { isSent: false, code: 'key_gone', isFinal: true }
  const message = await messageOf(context, channel, alert)
  if (channel.kind === 'command') return await runCommand(context, target.reveal(), message, signal)
  const { isPrivateAllowed } = channel
  if (channel.kind === 'ntfy') {
    return await sendOutside({ ...ntfyRequest(message, target.reveal()), isPrivateAllowed }, telling, signal)
  }
  const key = channelSigningKey(context, channel)
  if (key === null) return { isSent: false, code: 'key_gone', isFinal: true }
  const request = webhookRequest(message, key, context.clock.now())
  return await sendOutside({ url: target.reveal(), ...request, isPrivateAllowed }, telling, signal)
}

async function messageOf(
  context: AccountsContext,
  { includesNames }: AlertChannelRow,
  alert: ToldAlert,
): Promise<AlertMessage> {
  const { id, kind, accountId, windowId, threshold, at, details } = alert
  const account = accountId === null ? null : await getAccount(context, accountId).catch(() => null)
  const name =
    accountId === null ? null : includesNames && account ? accountName(account) : shortName(accountId, account)
  const provider = context.providers.get(alert.provider)?.name ?? alert.provider
  const { language } = await getSettings(context)
  const facts = { kind, threshold, provider, account: name, details }
  const words = await context.telling!.words(language, facts, context.clock.now(), context.system.timeZone)
  return {
    ...{ id, kind, ...words, provider: alert.provider, accountId, windowId, threshold, at, details },
    account: includesNames && account ? accountName(account) : null,
  }
}

/** A name that says nothing of a person: the provider, and the end of the id. */
function shortName(accountId: string, account: Pick<AccountSummary, 'providerName'> | null): string {
  return `${account?.providerName ?? ''} ${accountId.slice(-6)}`.trim()
}

async function runCommand(
  context: AccountsContext,
  line: string,
  message: AlertMessage,
  signal?: AbortSignal,
): Promise<SendOutcome> {
  const { programs } = context
  const [name = '', ...args] = commandWords(line) ?? []
  const path = isAbsolute(name) ? name : await programs.find(name)
  if (path === null || path === '') return { isSent: false, code: 'no_such_program', isFinal: false }
  const { end, exitCode } = await programs.run(path, args, {
    env: { ...programs.environment, ...commandEnvironment(message) },
    cwd: programs.environment.HOME ?? '/',
    timeoutMs: COMMAND_DEADLINE_MS,
    signal,
  })
  if (end === 'exited' && exitCode === 0) return { isSent: true }
  return { isSent: false, code: end === 'exited' ? `exit_${exitCode}` : `command_${end}`, isFinal: false }
}
