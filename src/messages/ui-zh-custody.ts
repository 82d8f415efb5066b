/** Texts of who holds copies of a login, in Simplified Chinese. */

import type { custodyEn } from './ui-en-custody.ts'

export const custodyZh: typeof custodyEn = {}
