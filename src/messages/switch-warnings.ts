/** What a switch would not reach, in sentences. */

import type { SwitchWarning } from '../switching/outranking.ts'
import type { Language } from './languages.ts'
import { messagesFor } from './messages.ts'

/** One warning. Plain text: whoever shows it escapes it. */
export function switchWarningText(language: Language, { code, params }: SwitchWarning): string {
  return messagesFor(language).activation.warnings[code](params)
}
