/** Texts of the timeline and its calendar feed, in English. */

export const timelineEn = {}
