/** Texts of API keys made through a login, in Simplified Chinese. */

import type { consoleKeysEn } from './ui-en-console-keys.ts'

export const consoleKeysZh: typeof consoleKeysEn = {}
