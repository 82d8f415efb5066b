/** Texts of warnings and where they are told, in Simplified Chinese. */

import type { alertsEn } from './ui-en-alerts.ts'

export const alertsZh: typeof alertsEn = {}
