/** Times of the day, typed and written. */

import { expect, test } from 'vitest'
import { minutesOfDay, timeOfDay } from './time-of-day.ts'

test.each(['', '7:05', '07:5', '24:00', '12:60', '07:05 ', '-1:00', 'noon'])('%j is no time of the day', (text) => {
  expect(minutesOfDay(text)).toBeNaN()
})

test.each([
  ['00:00', 0],
  ['07:05', 425],
  ['23:59', 1439],
])('%s is minute %i', (text, minutes) => {
  expect([minutesOfDay(text), timeOfDay(minutes)]).toEqual([minutes, text])
})
