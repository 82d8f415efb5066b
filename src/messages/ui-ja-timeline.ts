/** Texts of the timeline and its calendar feed, in Japanese. */

import type { timelineEn } from './ui-en-timeline.ts'

export const timelineJa: typeof timelineEn = {}
