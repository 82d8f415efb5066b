/** Texts of warnings and where they are told, in Japanese. */

import type { alertsEn } from './ui-en-alerts.ts'

export const alertsJa: typeof alertsEn = {}
