/** The name that a person gives an account: one form and one length for every way in which it comes. */

import { cleanText } from '../lib/foreign-text.ts'
import { AccountError } from './errors.ts'

/** Characters of a label. */
export const MAX_LABEL_LENGTH = 80

/**
 * The label as it is kept; null for none. Never cut: what a person typed is kept whole or refused.
 *
 * Errors: AccountError label_invalid for text that is too long or would not be shown as typed
 */
export function readLabel(text: string | null | undefined): string | null {
  const label = cleanText(text ?? '', MAX_LABEL_LENGTH + 1)
  if (Array.from(label).length > MAX_LABEL_LENGTH || text?.includes('\0')) throw new AccountError('label_invalid')
  return label === '' ? null : label
}
