/** Texts of who holds copies of a login, in English. */

export const custodyEn = {}
