/** Texts of directories of their own for accounts, in Korean. */

import type { profilesEn } from './ui-en-profiles.ts'

export const profilesKo: typeof profilesEn = {}
