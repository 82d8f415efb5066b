/** Texts of API keys made through a login, in English. */

export const consoleKeysEn = {}
