/** Texts of API keys made through a login, in Korean. */

import type { consoleKeysEn } from './ui-en-console-keys.ts'

export const consoleKeysKo: typeof consoleKeysEn = {}
