/**
 * The only way of alerts to the network, apart from that to providers: to the address that was judged, no redirects, a
 * deadline, and nothing read of the answer but its status.
 */

import { isIP } from 'node:net'
import { SECOND_MS } from '../lib/clock.ts'
import type { Telling } from '../lib/telling.ts'
import { AddressError, hostOf, resolvedAddress } from './outgoing-address.ts'

const SEND_DEADLINE_MS = 15 * SECOND_MS

export interface OutsideMessage {
  url: string
  headers: Record<string, string>
  body: string
  isPrivateAllowed: boolean
}

/** How sending ended. `code` is stable: `http_500`, `timed_out`, `redirected`, `unreachable`, `tls_failed`, or an AddressProblem. */
export type SendOutcome = { isSent: true } | { isSent: false; code: string; isFinal: boolean }

/** Sends one message, once. Errors: none; total */
export async function sendOutside(
  message: OutsideMessage,
  telling: Telling,
  signal?: AbortSignal,
): Promise<SendOutcome> {
  const deadline = AbortSignal.timeout(SEND_DEADLINE_MS)
  try {
    const url = new URL(message.url)
    const address = await resolvedAddress(url, message.isPrivateAllowed, telling)
    const response = await telling.fetch(pinned(url, address), {
      method: 'POST',
      headers: { ...message.headers, 'user-agent': telling.userAgent, host: url.host },
      body: message.body,
      redirect: 'error',
      keepalive: false,
      signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
      // The certificate is that of the name, though the connection goes to the address.
      tls: { rejectUnauthorized: true, ...(isIP(hostOf(url)) === 0 && { serverName: hostOf(url) }) },
      verbose: false,
    })
    await response.body?.cancel().catch(() => {})
    if (response.ok) return { isSent: true }
    // Gone for good: the receiver asks for no more.
    return { isSent: false, code: `http_${response.status}`, isFinal: response.status === 410 }
  } catch (error) {
    if (error instanceof AddressError) return { isSent: false, code: error.code, isFinal: error.code !== 'unresolved' }
    return { isSent: false, code: deadline.aborted ? 'timed_out' : failureCode(error), isFinal: false }
  }
}

/** The address with its name replaced by where it leads: nobody can change that between the look and the call. */
function pinned(url: URL, address: string): string {
  const to = new URL(url.href)
  to.hostname = isIP(address) === 6 ? `[${address}]` : address
  return to.href
}

/** Nothing of the error's own text is kept: it may quote the address. */
function failureCode(error: unknown): string {
  const code = String((error as { code?: unknown } | null)?.code ?? '')
  if (code === 'UnexpectedRedirect') return 'redirected'
  return /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_|EPROTO|HOSTNAME/.test(code) ? 'tls_failed' : 'unreachable'
}
