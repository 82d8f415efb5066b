/** Texts of API keys made through a login, in Japanese. */

import type { consoleKeysEn } from './ui-en-console-keys.ts'

export const consoleKeysJa: typeof consoleKeysEn = {}
