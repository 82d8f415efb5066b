/** Texts of the timeline and its calendar feed, in Simplified Chinese. */

import type { timelineEn } from './ui-en-timeline.ts'

export const timelineZh: typeof timelineEn = {}
