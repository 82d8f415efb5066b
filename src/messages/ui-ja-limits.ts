/** Texts of usage windows, history and forecasts, in Japanese. */

import type { limitsEn } from './ui-en-limits.ts'

export const limitsJa: typeof limitsEn = {}
