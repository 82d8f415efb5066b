/** Texts of handing an account to a CLI, and undoing it, in Simplified Chinese. */

import type { activationEn } from './ui-en-activation.ts'

export const activationZh: typeof activationEn = {}
