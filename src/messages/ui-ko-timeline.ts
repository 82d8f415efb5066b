/** Texts of the timeline and its calendar feed, in Korean. */

import type { timelineEn } from './ui-en-timeline.ts'

export const timelineKo: typeof timelineEn = {}
