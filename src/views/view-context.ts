/** What every view is given beside its data. Plain values; views ask nobody for anything. */

import type { Language } from '../messages/languages.ts'
import type { Messages } from '../messages/messages.ts'

export interface ViewContext {
  language: Language
  /** The message table of that language. */
  t: Messages
  /** Fresh 128-bit nonce of this response: for script tags and, as `hx-nonce`, every htmx element. */
  nonce: string
  /** Of the session; '' on public pages. */
  csrfToken: string
  theme: 'system' | 'light' | 'dark'
  /** True hides e-mails, names and organisations. */
  isMasked: boolean
  /** Epoch milliseconds; views never read a clock. */
  now: number
  /** IANA time zone of the browser where known, else the machine's. */
  timeZone: string
  /** Path and query of the page, for links back. */
  path: string
  /** Addresses of the hashed style sheet, script bundle and icon. */
  assets: { css: string; js: string; icon: string }
  version: string
}
