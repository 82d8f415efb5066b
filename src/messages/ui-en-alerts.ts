/** Texts of warnings and where they are told, in English. */

export const alertsEn = {}
