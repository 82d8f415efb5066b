/** Texts of warnings and where they are told, in Korean. */

import type { alertsEn } from './ui-en-alerts.ts'

export const alertsKo: typeof alertsEn = {}
