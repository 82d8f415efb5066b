/** Texts of directories of their own for accounts, in Simplified Chinese. */

import type { profilesEn } from './ui-en-profiles.ts'

export const profilesZh: typeof profilesEn = {}
