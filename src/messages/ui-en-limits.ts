/** Texts of usage windows, history and forecasts, in English. */

export const limitsEn = {}
