/** Texts of handing an account to a CLI, and undoing it, in Korean. */

import type { activationEn } from './ui-en-activation.ts'

export const activationKo: typeof activationEn = {}
