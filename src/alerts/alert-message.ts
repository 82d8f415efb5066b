/** An alert as channels carry it: words, values, and the form of each kind of channel. Builds; sends nothing. */

import { createHmac } from 'node:crypto'
import type { AlertRow } from '../db/alert-store.ts'
import { SECOND_MS } from '../lib/clock.ts'
import type { Secret } from '../lib/secret.ts'

/** What is told. `account` is an id, or by choice a name. */
export interface AlertMessage {
  id: string
  kind: string
  title: string
  text: string
  provider: string
  accountId: string | null
  account: string | null
  windowId: string | null
  threshold: number | null
  at: number
  details: AlertRow['details']
}

/** Priorities of ntfy: 3 is the usual one, 4 rings longer. */
const HIGH = new Set(['sign_in_needed', 'conflict'])
const FULL = 100

/**
 * A signed webhook.
 *
 * Source: Standard Webhooks 1.0 (webhook-id, webhook-timestamp, webhook-signature; the key follows `whsec_` in base64)
 */
export function webhookRequest(message: AlertMessage, key: Secret, now: number) {
  const body = JSON.stringify({
    type: `alert.${message.kind}`,
    timestamp: new Date(message.at).toISOString(),
    data: {
      id: message.id,
      kind: message.kind,
      title: message.title,
      text: message.text,
      provider: message.provider,
      account_id: message.accountId,
      account: message.account,
      window_id: message.windowId,
      threshold: message.threshold,
      ...outside(message.details),
    },
  })
  const timestamp = String(Math.floor(now / SECOND_MS))
  return {
    headers: {
      'content-type': 'application/json',
      'webhook-id': message.id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${webhookSignature(key, message.id, timestamp, body)}`,
    },
    body,
  }
}

/** HMAC-SHA-256 of `id.timestamp.body`, base64. */
export function webhookSignature(key: Secret, id: string, timestamp: string, body: string): string {
  const bytes = Buffer.from(key.reveal().replace(/^whsec_/, ''), 'base64')
  return createHmac('sha256', bytes).update(`${id}.${timestamp}.${body}`).digest('base64')
}

/** Names as interfaces have them, instants as RFC 3339. */
function outside(details: AlertRow['details']): Record<string, string | number | null> {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      name.endsWith('At') && typeof value === 'number' ? new Date(value).toISOString() : value,
    ]),
  )
}

/** A message for ntfy, published as JSON to the server that the topic's address names. Source: docs.ntfy.sh/publish */
export function ntfyRequest(message: AlertMessage, topicUrl: string) {
  const url = new URL(topicUrl)
  const segments = url.pathname.split('/').filter((segment) => segment !== '')
  const topic = decodeURIComponent(segments.pop() ?? '')
  url.pathname = `/${segments.join('/')}`
  const isUrgent = HIGH.has(message.kind) || (message.threshold ?? 0) >= FULL
  const body = { topic, title: message.title, message: message.text, priority: isUrgent ? 4 : 3, tags: ['tokendeck'] }
  return { url: url.href, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

/** What a command finds in its environment. */
export function commandEnvironment(message: AlertMessage): Record<string, string> {
  const { resetsAt, percent } = message.details
  const values = {
    ID: message.id,
    KIND: message.kind,
    TITLE: message.title,
    TEXT: message.text,
    PROVIDER: message.provider,
    ACCOUNT_ID: message.accountId ?? '',
    ACCOUNT: message.account ?? '',
    WINDOW: message.windowId ?? '',
    THRESHOLD: String(message.threshold ?? ''),
    PERCENT: String(percent ?? ''),
    RESETS_AT: typeof resetsAt === 'number' ? new Date(resetsAt).toISOString() : '',
  }
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`TOKENDECK_ALERT_${name}`, value]))
}
