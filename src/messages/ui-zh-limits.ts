/** Texts of usage windows, history and forecasts, in Simplified Chinese. */

import type { limitsEn } from './ui-en-limits.ts'

export const limitsZh: typeof limitsEn = {}
