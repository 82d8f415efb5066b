/** Texts of handing an account to a CLI, and undoing it, in English. */

export const activationEn = {}
