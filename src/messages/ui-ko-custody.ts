/** Texts of who holds copies of a login, in Korean. */

import type { custodyEn } from './ui-en-custody.ts'

export const custodyKo: typeof custodyEn = {}
