/** Texts of who holds copies of a login, in Japanese. */

import type { custodyEn } from './ui-en-custody.ts'

export const custodyJa: typeof custodyEn = {}
