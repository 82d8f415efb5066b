/** Texts of directories of their own for accounts, in English. */

export const profilesEn = {}
