/** Texts of directories of their own for accounts, in Japanese. */

import type { profilesEn } from './ui-en-profiles.ts'

export const profilesJa: typeof profilesEn = {}
