/** Texts of handing an account to a CLI, and undoing it, in Japanese. */

import type { activationEn } from './ui-en-activation.ts'

export const activationJa: typeof activationEn = {}
