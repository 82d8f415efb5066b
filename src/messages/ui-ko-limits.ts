/** Texts of usage windows, history and forecasts, in Korean. */

import type { limitsEn } from './ui-en-limits.ts'

export const limitsKo: typeof limitsEn = {}
